namespace BridgeFramework.Runtime;

/// <summary>How often a channel's driver calls the gateway, over all of its runs. Safe to use from any thread.</summary>
/// <remarks>The bounds are several times what the largest gateway that was measured needs. They say what is told, and hold nobody up: what
/// comes of a flood, the policies and the bounds of the queue decide.</remarks>
internal sealed class ChannelTraffic(TimeProvider time)
{
    public FloodMeter Reports { get; } = new("reports", 2000, "'bridge ledger' says what was dropped of it", time);
    public FloodMeter Events { get; } = new("events", 100, "'bridge ledger' says what was dropped of them", time);
    public FloodMeter Presences { get; } = new("changes of presence", 1000, "the last one of each sub-device counts", time);
    public FloodMeter Versions { get; } = new("firmware versions", 100, "the last one of each sub-device counts", time);
    public FloodMeter Discoveries { get; } = new("discovered devices", 5000, "they are dropped", time);
    public FloodMeter LogLines { get; } = new("log lines", 100, "of each event 20 lines a minute are written", time);

    /// <summary>The floods that last.</summary>
    public IEnumerable<ChannelProblem> Problems => new[] { Reports, Events, Presences, Versions, Discoveries, LogLines }
        .Select(meter => meter.FindProblem()).OfType<ChannelProblem>();
}
