namespace BridgeFramework.Runtime;

/// <summary>Phases as people call them.</summary>
internal static class PhaseWords
{
    public static string Of(UpdatePhase phase) => phase switch
    {
        UpdatePhase.Held => "held for approval",
        UpdatePhase.Downloading => "downloading",
        UpdatePhase.Queued => "queued",
        UpdatePhase.HandingOver => "being handed over",
        UpdatePhase.Confirming => "being confirmed",
        UpdatePhase.Done => "done",
        _ => "failed",
    };
}
