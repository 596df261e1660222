namespace BridgeFramework.Files;

/// <summary>Something that others than root and the user of this process can change, or put something else in the place of.</summary>
/// <param name="Kind">Who.</param>
/// <param name="Path">What is to be mended: the thing itself, or a folder or link on the way to it.</param>
/// <param name="Reason">What is wrong, with owner and mode: a clause without a full stop.</param>
/// <param name="Remedy">The command that mends it: a clause without a full stop.</param>
public sealed record Exposure(ExposureKind Kind, string Path, string Reason, string Remedy)
{
    /// <summary>Whether it is refused, unless somebody allows it; else it is worth a warning.</summary>
    public bool IsGrave => Kind != ExposureKind.Group;

    /// <summary>Gives reason and remedy in one sentence.</summary>
    public override string ToString() => $"{Reason}: {Remedy}.";
}

/// <summary>Who can change something.</summary>
public enum ExposureKind
{
    /// <summary>Everybody.</summary>
    Everybody,

    /// <summary>A user that is neither root nor the one of this process.</summary>
    Foreigner,

    /// <summary>Its group. Where there are access control lists, these bits are their mask: somebody else may be meant.</summary>
    Group,
}

/// <summary>What is done about something that others can change.</summary>
public enum ExposurePolicy
{
    /// <summary>It is refused.</summary>
    Refuse,

    /// <summary>It is used, and said.</summary>
    Warn,
}
