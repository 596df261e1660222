namespace BridgeFramework.Runtime;

/// <summary>How far the firmware update of one device is. Each is on disk before anything of it is done.</summary>
public enum UpdatePhase
{
    /// <summary>It waits for an operator's approval.</summary>
    Held,

    /// <summary>The image is being fetched, or waits to be.</summary>
    Downloading,

    /// <summary>The image is there and verified; the hand-over waits for its turn, for the maintenance window or for the device.</summary>
    Queued,

    /// <summary>The image stands ready for a device that comes for it by itself, and has not yet.</summary>
    Offered,

    /// <summary>The device is being given the image.</summary>
    HandingOver,

    /// <summary>The device has the image; which version it runs is to be seen.</summary>
    Confirming,

    /// <summary>The device runs the version. Final.</summary>
    Done,

    /// <summary>The device does not run the version. Final.</summary>
    Failed,
}

/// <summary>Phases as people call them.</summary>
public static class UpdatePhases
{
    /// <summary>The phase as part of a sentence: "it is …".</summary>
    /// <param name="phase">The phase.</param>
    public static string InWords(this UpdatePhase phase) => phase switch
    {
        UpdatePhase.Held => "held for approval",
        UpdatePhase.Downloading => "downloading",
        UpdatePhase.Queued => "queued",
        UpdatePhase.Offered => "offered",
        UpdatePhase.HandingOver => "being handed over",
        UpdatePhase.Confirming => "being confirmed",
        UpdatePhase.Done => "done",
        _ => "failed",
    };
}
