using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Changes the sub-devices of a run while its driver goes on, see <see cref="ILiveDevices"/>. One change after another.</summary>
/// <remarks>
/// Once a change has failed nobody knows which sub-devices the driver has: the run is to end, and another one begins with all of them.
/// </remarks>
internal sealed partial class LiveDevices(
    ActiveRun run, ILiveDevices driver, DriverRegistration registration, PluginPatience patience, ILogger logger)
{
    /// <summary>Takes sub-devices away.</summary>
    /// <returns><see langword="false"/> where the driver cannot do it: the channel has to start anew.</returns>
    public async Task<bool> TryRemoveAsync(IEnumerable<SubDeviceId> gone, CancellationToken cancellationToken)
    {
        foreach (var id in gone)
        {
            if (run.Channel.Find(id) is not { } before) continue;
            if (!await TryTellAsync(new DeviceChange { Before = before.Device }, id, cancellationToken)) return false;
            run.Channel.Dismiss(id);
        }

        return true;
    }

    /// <summary>Brings sub-devices that are others than they were, then those that are new.</summary>
    /// <returns>As for <see cref="TryRemoveAsync"/>.</returns>
    public async Task<bool> TryBringAsync(IEnumerable<SubDevicePlan> devices, CancellationToken cancellationToken)
    {
        foreach (var plan in devices.OrderBy(device => run.Channel.Find(device.Id) is null))
        {
            if (TryCreate(plan) is not { } after) return false;
            var before = run.Channel.Find(plan.Id)?.Device;
            // It may report as soon as it knows the sub-device.
            var admitted = run.Channel.Admit(after);
            if (!await TryTellAsync(new DeviceChange { Before = before, After = after }, plan.Id, cancellationToken)) return false;
            run.Channel.Settle(admitted);
        }

        return true;
    }

    private SubDevice? TryCreate(SubDevicePlan plan)
    {
        try
        {
            return ChannelDevices.Create(plan, registration);
        }
        catch (SettingsException exception)
        {
            LogNotTaken(logger, run.Channel.Name, plan.Id, exception.Message);
            return null;
        }
    }

    private async Task<bool> TryTellAsync(DeviceChange change, SubDeviceId id, CancellationToken cancellationToken)
    {
        var token = new DriverToken();
        var call = Task.Run(
            () => run.Calls.Follow(nameof(driver.ApplyAsync), () => driver.ApplyAsync(change, token.Token).AsTask()),
            CancellationToken.None);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, run.Ending);
        if (!await patience.WaitAsync(call, either.Token))
        {
            token.Cancel();
            run.GiveUp($"a change of {id}", call);
            LogNotTaken(logger, run.Channel.Name, id, run.Ending.IsCancellationRequested ? "The channel ended meanwhile."
                : $"It did not return within {PluginPatience.Deadline.TotalSeconds:0} s.");
            return false;
        }

        try
        {
            await call;
            return true;
        }
        catch (Exception exception)
        {
            // Only its words: an exception of a plugin's own type would keep the plugin in memory.
            LogNotTaken(logger, run.Channel.Name, id, exception.Message);
            return false;
        }
    }

    [LoggerMessage(4211, LogLevel.Warning,
        "Channel {Channel}: its driver did not take the change of {Device}, the channel starts anew: {Reason}")]
    private static partial void LogNotTaken(ILogger logger, string channel, SubDeviceId device, string reason);
}
