namespace BridgeFramework.Drivers;

/// <summary>How long to wait before the next attempt: doubles from a first delay to a cap, with jitter.</summary>
/// <remarks>Immutable; safe to share. The defaults are those for a connection to a field device.</remarks>
public sealed record Backoff
{
    /// <summary>The delay after the first failure, before jitter; default 0.5 s.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest delay, jitter included; default 30 s.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far a delay may stray to either side, as a fraction of it: 0 to 1, default 0.2.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>Where the jitter comes from: gives 0 (earliest) to 1 (latest); 0.5 is no jitter at all.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Gives the delay after a number of failures in a row.</summary>
    /// <param name="failures">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There was no failure.</exception>
    public TimeSpan For(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(failures);
        // Math.Pow reaches infinity, not an overflow; the cap brings it back.
        double delay = Math.Min(First.TotalSeconds * Math.Pow(2, failures - 1), Max.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Min(delay * (1 + Jitter * (2 * Random() - 1)), Max.TotalSeconds));
    }
}
