namespace BridgeFramework.Files;

/// <summary>How much of a folder a walk looks at before it stops.</summary>
/// <param name="Entries">How many names, files and folders together.</param>
/// <param name="Depth">How many folders below one another; 1 for the folder alone.</param>
/// <param name="Bytes">How many bytes the files have together.</param>
public sealed record WalkBounds(int Entries, int Depth, long Bytes);

/// <summary>What a walk came to the end of.</summary>
public enum WalkLimit
{
    /// <summary>There are more names than <see cref="WalkBounds.Entries"/>.</summary>
    Entries,

    /// <summary>There are folders below <see cref="WalkBounds.Depth"/>.</summary>
    Depth,

    /// <summary>The files have more than <see cref="WalkBounds.Bytes"/>.</summary>
    Bytes,
}
