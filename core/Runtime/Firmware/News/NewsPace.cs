namespace BridgeFramework.Runtime;

/// <summary>How fast the hub is told of updates.</summary>
/// <param name="Ends">Least time between two ends, whosever they are.</param>
/// <param name="Progress">The same for progress.</param>
internal sealed record NewsPace(TimeSpan Ends, TimeSpan Progress)
{
    /// <summary>Least time between two of one device.</summary>
    public TimeSpan ProgressOfDevice { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A tenth of the hub's messages for ends: with the versions that follow them they leave values the share that their latency target
    /// counts on. An eighth for progress, which goes only when no values wait.
    /// </summary>
    /// <param name="publishRate">Messages a second that the connection takes; may be infinite.</param>
    public static NewsPace Of(double publishRate) => new(TimeSpan.FromSeconds(10 / publishRate), TimeSpan.FromSeconds(8 / publishRate));
}
