using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>The outbox that a configuration describes.</summary>
internal static class UplinkStore
{
    // A live lane that is a little behind is not a backlog yet.
    private const int TargetsUntilBackfill = 3;
    private static readonly TimeSpan LeastUntilBackfill = TimeSpan.FromSeconds(10);

    /// <summary>Opens it, with all that waits in it.</summary>
    /// <exception cref="IOException">The folder cannot be used, another process has it open, or another version has written it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    /// <param name="configuration">What the gateway is to be.</param>
    /// <param name="latencyTarget">The latency that live values are to have.</param>
    /// <param name="whenFull">What is given up when no more of an owner may wait.</param>
    /// <param name="time">The clock.</param>
    public static LaneOutbox Open(GatewayPlan configuration, TimeSpan latencyTarget, Func<string, WhenFull> whenFull, TimeProvider time)
    {
        var options = OptionsOf(configuration, latencyTarget, whenFull);
        return configuration.Uplink.Storage == UplinkStorage.Memory
            ? LaneOutbox.InMemory(options, time)
            : LaneOutbox.Open(Path.Combine(configuration.Data.Folder, "outbox"), options, time);
    }

    /// <summary>The bounds of it.</summary>
    /// <param name="configuration">What the gateway is to be.</param>
    /// <param name="latencyTarget">The latency that live values are to have.</param>
    /// <param name="whenFull">What is given up when no more of an owner may wait.</param>
    public static OutboxOptions OptionsOf(GatewayPlan configuration, TimeSpan latencyTarget, Func<string, WhenFull> whenFull)
    {
        var liveFor = TargetsUntilBackfill * latencyTarget;
        return new OutboxOptions
        {
            MaxBytes = configuration.Uplink.MaxBytes,
            MaxOwnerBytes = configuration.Uplink.MaxDeviceBytes,
            MaxAge = configuration.Uplink.MaxAge,
            CommitInterval = configuration.Uplink.CommitInterval,
            LiveFor = liveFor > LeastUntilBackfill ? liveFor : LeastUntilBackfill,
            WhenFull = whenFull,
        };
    }

    /// <summary>The latency that live values are to have: what is wanted, or what the rate allows where that is more.</summary>
    /// <param name="configuration">What the gateway is told.</param>
    /// <param name="perSecond">Messages a second that the connection takes.</param>
    public static TimeSpan LatencyTarget(GatewayPlan configuration, double perSecond)
    {
        int devices = configuration.Channels.Sum(channel => channel.Devices.Count);
        // While a backlog is being sent live values have their share of the messages.
        double seconds = devices / (perSecond * configuration.Uplink.LiveShare / 100);
        return TimeSpan.FromSeconds(Math.Max(configuration.Uplink.Latency.TotalSeconds, seconds));
    }
}
