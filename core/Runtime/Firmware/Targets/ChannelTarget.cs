using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>A sub-device that is given firmware by the driver of its channel. Every call into the driver is guarded.</summary>
internal sealed class ChannelTarget(ChannelSupervisor channel, SubDeviceId id, DriverCatalog drivers,
    Func<SubDeviceId, CancellationToken, Task> untilPresent, TimeProvider time) : IUpdateTarget
{
    private static readonly TimeSpan QueryDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UsualRestart = TimeSpan.FromSeconds(30);

    private readonly PluginPatience _patience = new(time);

    public string Channel => channel.Plan.Name;

    public int Concurrency => Info?.UpdateConcurrency ?? 1;

    public bool Offers => Info?.OffersFirmware ?? false;

    public string PolicyPath => $"products.{id.ProductId}.firmware";

    public string? Obstacle => Info is { } info && !info.Capabilities.HasFlag(DriverCapabilities.Firmware)
        ? $"Driver {info.Name} cannot give its sub-devices firmware."
        : null;

    private DriverInfo? Info => drivers.TryGet(channel.Plan.Driver, out var driver) ? driver.Registration.Info : null;

    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await untilPresent(id, cancellationToken);
            if (channel.Standing.ServingRun is not null) return;
            await channel.Standing.UntilServingAsync(cancellationToken);
        }
    }

    public Task UntilAskableAsync(CancellationToken cancellationToken) => channel.Standing.UntilServingAsync(cancellationToken);

    public async Task<HandOver> UpdateAsync(StoredImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken)
    {
        var (outcome, reason) = await CallAsync(
            async (updater, device, token) =>
            {
                await updater.UpdateAsync(device, image, progress, token);
                return true;
            },
            cancellationToken);
        return outcome.Succeeded ? new HandOver(HandOverOutcome.Taken) : new HandOver(outcome.Failure, reason);
    }

    public async Task<FirmwareAnswer> QueryAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(QueryDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var (outcome, reason) = await CallAsync((updater, device, token) => updater.QueryAsync(device, token), either.Token);
            return new FirmwareAnswer(outcome.Value, reason);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new FirmwareAnswer(null, $"{id} did not say within {QueryDeadline.TotalSeconds:0} s how it stands.");
        }
    }

    public async Task<TimeSpan> RestartTimeAsync(CancellationToken cancellationToken) =>
        await AnswerAsync((updater, device) => updater.RestartTime(device), cancellationToken) is { Succeeded: true, Value: var time }
            ? time : UsualRestart;

    public Task<VersionAnswer> IsSameVersionAsync(string wanted, string reported, CancellationToken cancellationToken) =>
        string.Equals(wanted, reported, StringComparison.Ordinal)
            ? Task.FromResult(VersionAnswer.Yes)
            : AboutVersionsAsync((updater, device) => updater.IsSameVersion(device, wanted, reported), cancellationToken);

    public Task<VersionAnswer> IsOlderVersionAsync(string wanted, string reported, CancellationToken cancellationToken) =>
        AboutVersionsAsync((updater, device) => updater.IsOlderVersion(device, wanted, reported), cancellationToken);

    private async Task<VersionAnswer> AboutVersionsAsync(
        Func<IFirmwareUpdater, SubDevice, bool?> ask, CancellationToken cancellationToken) =>
        await AnswerAsync(ask, cancellationToken) switch
        {
            { Succeeded: true, Value: { } says } => says ? VersionAnswer.Yes : VersionAnswer.No,
            { Succeeded: true } => VersionAnswer.Texts,
            { WasAsked: false } => VersionAnswer.NotAsked,
            _ => VersionAnswer.NoAnswer,
        };

    /// <summary>What the driver is to know without asking anybody. One that does not say it soon must not hold up the orders of
    /// others.</summary>
    private async Task<Result<T>> AnswerAsync<T>(Func<IFirmwareUpdater, SubDevice, T> ask, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(AnswerDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var (outcome, _) = await CallAsync((updater, device, _) => Task.FromResult(ask(updater, device)), either.Token);
            return outcome;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Result<T>(Succeeded: false, default, HandOverOutcome.Failed);
        }
    }

    private async Task<(Result<T> Outcome, string Reason)> CallAsync<T>(
        Func<IFirmwareUpdater, SubDevice, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        if (channel.Standing.ServingRun is not { } run) return Away<T>($"Channel {Channel} is not running.");
        if (run.Channel.Find(id)?.Device is not { } device)
            return Away<T>($"Channel {Channel} does not have {id}.");
        if (run.Driver is not IFirmwareUpdater updater)
            return Fail<T>(HandOverOutcome.Rejected, $"Driver {channel.Plan.Driver} cannot give its sub-devices firmware.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, run.Ending);
        var driver = new DriverToken();
        var call = Task.Run(() => run.Calls.Follow("A firmware call", () => ask(updater, device, driver.Token)), CancellationToken.None);
        run.Track(call);
        await ((Task)call).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (either.IsCancellationRequested) driver.Cancel();
        // Told to end, it may have to leave the device as it should be.
        if (!call.IsCompleted && !await _patience.WaitAsync(call, CancellationToken.None))
        {
            run.Plugin?.LeftBehind($"channel {Channel}: a firmware call of driver {channel.Plan.Driver} for {id} did not return");
            run.Fail($"Driver {channel.Plan.Driver} did not end a firmware call for {id} when it was told to.");
        }

        // What has come of it counts, also where it was told to end in that moment: the device may have taken the image.
        if (!call.IsCompletedSuccessfully)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (run.Ending.IsCancellationRequested) return Away<T>($"Channel {Channel} ended meanwhile.");
        }

        try
        {
            return (new Result<T>(Succeeded: true, await call, default), "");
        }
        catch (Exception exception)
        {
            // Only its words: an exception of a plugin's own type would keep the plugin in memory.
            return Fail<T>(OutcomeOf(exception), exception.Message);
        }
    }

    private static HandOverOutcome OutcomeOf(Exception exception) => exception switch
    {
        DeviceUnreachableException or LinkDownException => HandOverOutcome.Absent,
        DriverException { IsTransient: false } => HandOverOutcome.Rejected,
        _ => HandOverOutcome.Failed,
    };

    private static (Result<T>, string) Away<T>(string reason) =>
        (new Result<T>(Succeeded: false, default, HandOverOutcome.Absent, WasAsked: false), reason);

    private static (Result<T>, string) Fail<T>(HandOverOutcome outcome, string reason) =>
        (new Result<T>(Succeeded: false, default, outcome), reason);

    private readonly record struct Result<T>(bool Succeeded, T? Value, HandOverOutcome Failure, bool WasAsked = true);
}
