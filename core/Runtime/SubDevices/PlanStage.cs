namespace BridgeFramework.Runtime;

/// <summary>How far a sub-device is on its way out of the plan.</summary>
internal enum PlanStage
{
    /// <summary>The plan names it.</summary>
    Named,

    /// <summary>The plan does not name it any more. It stays at the hub as it is, until what waits of it is sent.</summary>
    Leaving,

    /// <summary>It is taken offline, and unbound where that is wanted.</summary>
    Parting,

    /// <summary>It is not a sub-device of the gateway any more.</summary>
    Gone,
}

/// <summary>The same for people.</summary>
internal static class PlanStages
{
    /// <summary>Why it is at the hub as it is; <see langword="null"/> where the stage is no reason.</summary>
    public static string? InWords(this PlanStage stage) => stage switch
    {
        PlanStage.Leaving => "It is not in the configuration any more, and leaves once what waits of it is sent.",
        PlanStage.Parting => "It is not in the configuration any more, and leaves.",
        _ => null,
    };
}
