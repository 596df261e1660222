namespace BridgeFramework.Benchmarks;

/// <summary>One way of doing the work that is compared. Set up once, run in many rounds, taken down at the end.</summary>
internal abstract class Contender : IAsyncDisposable
{
    /// <summary>What it is, for the report.</summary>
    public abstract string Name { get; }

    /// <summary>Puts away what the round before has left. Not measured.</summary>
    public virtual void Reset()
    {
        // Most leave nothing.
    }

    /// <summary>Does the work over and over until the round is over.</summary>
    /// <returns>How often.</returns>
    public abstract Task<long> RunAsync(Round round);

    public abstract ValueTask DisposeAsync();
}
