namespace BridgeFramework.Plugins;

/// <summary>Something has come into the drop folder, changed there, or gone.</summary>
/// <param name="Name">The name of the entry.</param>
/// <param name="Kind">What happened.</param>
public sealed record DropChange(string Name, DropChangeKind Kind);

/// <summary>What happened to an entry of the drop folder.</summary>
public enum DropChangeKind
{
    /// <summary>It is there and has not changed for a moment: it can be looked into, though it may still be on its way.</summary>
    Settled,

    /// <summary>It has not changed for so long that nothing more will come.</summary>
    Final,

    /// <summary>It is not there any more.</summary>
    Gone,

    /// <summary>It does not answer: the file system that it is on hangs. It is told of again when it answers.</summary>
    Silent,
}
