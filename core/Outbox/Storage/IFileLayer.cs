namespace BridgeFramework.Outbox;

/// <summary>The files of an outbox. A seam: the disk, or one that a test makes fail and lose power.</summary>
internal interface IFileLayer : IDisposable
{
    /// <summary>Names of the files that are there.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    IReadOnlyList<string> List();

    /// <summary>Makes a file that was not there, or empties one that was.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    ISegmentStore Create(string name);

    /// <summary>Opens a file that is there.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    ISegmentStore Open(string name);

    void Delete(string name);

    /// <summary>Makes sure that files made so far are still there after a power cut.</summary>
    void SyncFolder();
}

/// <summary>The bytes of one segment, wherever they are.</summary>
internal interface ISegmentStore : IDisposable
{
    int Length { get; }

    /// <exception cref="IOException">The disk is full, read-only or broken.</exception>
    void Write(int offset, ReadOnlySpan<byte> bytes);

    /// <exception cref="IOException">The bytes are not there or cannot be read.</exception>
    void Read(int offset, Span<byte> bytes);

    void Truncate(int length);

    /// <summary>Makes sure that what was written is still there after a power cut.</summary>
    void Sync();
}
