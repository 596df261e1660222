namespace BridgeFramework.IotHub;

/// <summary>How long to wait before the next connection attempt.</summary>
/// <remarks>
/// Full jitter: a random time up to a bound that doubles, so that a fleet that lost the hub together does not come back
/// together. The hub accepts one CONNECT in 5 s from a device, hence the floor after a refusal.
/// </remarks>
public sealed record ReconnectDelays
{
    /// <summary>Bound of the first wait. Default 1 s.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest bound. Default 60 s.</summary>
    public TimeSpan Cap { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Least wait after the hub refused a CONNECT. Default 5 s.</summary>
    public TimeSpan RefusalFloor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest bound after a connection that stood for 5 s and more: the hub is there, the line is bad. Default 10 s.</summary>
    public TimeSpan FlappingCap { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection that stood this long was a good one: counting starts again. Default 60 s.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The wait after a failure.</summary>
    /// <param name="failures">How many in a row, this one included; from 1.</param>
    /// <param name="kind">What the failure was.</param>
    /// <param name="jitter">A random number, 0 up to but not 1.</param>
    /// <param name="hasStood">Whether it was the end of a connection that had stood for a while.</param>
    internal TimeSpan For(int failures, HubFaultKind kind, double jitter, bool hasStood = false)
    {
        // What only an operator can heal is retried at the cap. A fifth of it is jitter, for the fleet's sake.
        if (kind is HubFaultKind.Rejected or HubFaultKind.Displaced) return Cap * (0.8 + (0.2 * jitter));
        var bound = First * Math.Pow(2, Math.Min(failures, 31) - 1);
        bound = Min(bound, hasStood ? Min(FlappingCap, Cap) : Cap);
        var floor = kind == HubFaultKind.Refused ? Min(RefusalFloor, Cap) : TimeSpan.Zero;
        return floor + ((Max(bound, floor) - floor) * jitter);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
