using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Lets devices that a channel does not know join it, where its driver can.</summary>
internal sealed partial class ChannelPairing(ChannelPlan plan, ChannelStanding standing, TimeProvider time, ILogger<ChannelPairing> logger)
{
    private readonly PluginPatience _patience = new(time);

    /// <summary>Opens the channel for unknown devices, or closes it with zero. Never throws.</summary>
    public async Task SetAsync(TimeSpan window, CancellationToken cancellationToken)
    {
        if (standing.Run is not { Driver: IPairing pairing } run) return;
        try
        {
            var opening = Task.Run(() => pairing.OpenAsync(window, run.Ending), CancellationToken.None);
            if (!await _patience.WaitAsync(opening, cancellationToken)) throw new TimeoutException("It did not return in time.");
            await opening;
            if (window > TimeSpan.Zero) LogPairing(logger, plan.Name, window.TotalSeconds);
            else LogPairingClosed(logger, plan.Name);
        }
        catch (Exception exception)
        {
            LogNotPairing(logger, plan.Name, plan.Driver, exception.Message);
        }
    }

    [LoggerMessage(4206, LogLevel.Information, "Channel {Channel} lets unknown devices join for {Seconds:0} s: the hub asks for it")]
    private static partial void LogPairing(ILogger logger, string channel, double seconds);

    [LoggerMessage(4207, LogLevel.Information, "Channel {Channel} lets no unknown devices join any more: the hub asks for it")]
    private static partial void LogPairingClosed(ILogger logger, string channel);

    [LoggerMessage(4208, LogLevel.Warning, "Channel {Channel}: driver {Driver} cannot change who may join: {Reason}")]
    private static partial void LogNotPairing(ILogger logger, string channel, string driver, string reason);
}
