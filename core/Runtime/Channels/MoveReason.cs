namespace BridgeFramework.Runtime;

/// <summary>Why a channel goes from one run to the next without having failed.</summary>
/// <param name="Meanwhile">What is going on, a sentence.</param>
/// <param name="After">What the next run has that the one before had not.</param>
internal sealed record MoveReason(string Meanwhile, string After)
{
    /// <summary>A plugin was replaced.</summary>
    public static MoveReason Plugin { get; } = new("Its plugin is being replaced.", "another version of its plugin");

    /// <summary>The gateway has another plan.</summary>
    public static MoveReason Plan { get; } = new("Its configuration is being changed.", "another configuration");
}
