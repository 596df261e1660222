using System.Globalization;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>A new version of a plugin at work, watched until it has shown that it does as well as the old one.</summary>
/// <param name="candidate">The new version.</param>
/// <param name="channels">The channels that moved to it.</param>
/// <param name="before">How each of them did before, by name.</param>
/// <param name="duration">How long it is watched.</param>
/// <param name="patience">Says when time stands still.</param>
/// <param name="time">The clock.</param>
#pragma warning disable CA1001 // The source has no timer and so no handle; once cancelled it holds on to nobody.
internal sealed class SwapTrial(
    LoadedPlugin candidate,
    IReadOnlyList<ChannelSupervisor> channels,
    IReadOnlyDictionary<string, HeldChannel> before,
    TimeSpan duration,
    PluginPatience patience,
    TimeProvider time)
#pragma warning restore CA1001
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource _stop = new();
    private long _passed; // ticks of TimeSpan

    public LoadedPlugin Candidate => candidate;

    /// <summary>The channels that it is judged by: those of the gateway's plan, as long as they are in it.</summary>
    public IReadOnlyList<ChannelSupervisor> Channels => [.. channels.Where(channel => !channel.Standing.HasLeft)];

    /// <summary>How much of it is left.</summary>
    public TimeSpan Left => duration - TimeSpan.FromTicks(Interlocked.Read(ref _passed));

    /// <summary>Begins to watch.</summary>
    /// <param name="decided">Told at the end why it failed, a clause without a full stop; <see langword="null"/> when it passed. Not told
    /// when it is stopped before.</param>
    public void Start(Action<string?> decided) => _ = WatchAsync(decided);

    /// <summary>Ends it; harmless when it has ended.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Cannot fail.</summary>
    private async Task WatchAsync(Action<string?> decided)
    {
        try
        {
            decided(await JudgeAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Decided otherwise.
        }
    }

    private async Task<string?> JudgeAsync(CancellationToken cancellationToken)
    {
        long last = time.GetTimestamp();
        while (Left > TimeSpan.Zero && Channels.Count > 0)
        {
            await Task.Delay(Left < Tick ? Left : Tick, time, cancellationToken);
            long now = time.GetTimestamp();
            if (!patience.IsSuspended) Interlocked.Add(ref _passed, time.GetElapsedTime(last, now).Ticks);
            last = now;
            if (FindFault() is { } fault) return fault;
        }

        return FindSilence() ?? FindLoss();
    }

    /// <summary>The longest time that nothing of one of its channels ran; <see langword="null"/> where none came to serve.</summary>
    public TimeSpan? LongestGap => Channels.Select(channel => channel.Standing.Status.Gap).Max();

    private string? FindFault() =>
        Channels.Select(channel => channel.Standing.Status).FirstOrDefault(status => status.State == ChannelState.BackingOff) is { } failed
        ? $"channel {failed.Name} failed: {failed.Reason?.TrimEnd('.')}"
        : null;

    private string? FindSilence() =>
        Channels.Select(channel => channel.Standing.Status).FirstOrDefault(status => status.State != ChannelState.Serving) is { } silent
        ? string.Create(
            CultureInfo.InvariantCulture, $"channel {silent.Name} did not say within {duration.TotalSeconds:0.###} s that it serves")
        : null;

    private string? FindLoss()
    {
        // One that has got another plan since has other points: what was before proves nothing.
        foreach (var channel in Channels.Where(channel => ReferenceEquals(channel.Plan, before[channel.Plan.Name].Plan)))
            if (TrialVerdict.FindLoss(before[channel.Plan.Name], channel.Standing.Health, duration, time) is { } loss)
                return $"channel {channel.Plan.Name} does worse: {loss}";
        return null;
    }
}
