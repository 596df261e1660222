using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>Something that a channel's driver does and should not.</summary>
/// <param name="What">A clause without a full stop.</param>
/// <param name="Since">Since when, as the clock said then.</param>
/// <param name="For">How long that is, whatever has become of the clock meanwhile.</param>
/// <param name="Remedy">An imperative clause without a full stop.</param>
internal sealed record ChannelProblemView(string What, DateTimeOffset Since, TimeSpan For, string Remedy)
{
    public static ChannelProblemView Of(ChannelProblem problem, TimeProvider time) =>
        new(problem.What, problem.Since, time.GetElapsedTime(problem.SinceTimestamp), problem.Remedy);
}
