namespace BridgeFramework.Benchmarks;

/// <summary>
/// Appends records of 200 bytes to an empty store and makes them safe once a second. A round begins with opening the store and ends
/// with everything safe, so that nobody leaves work undone.
/// </summary>
internal abstract class AppendContender(TemporaryFolder folder, string name) : Contender
{
    /// <summary>How many owners the records have, one after another.</summary>
    public const int Owners = 500;

    /// <summary>Bytes of a record.</summary>
    public const int RecordLength = 200;

    /// <summary>After how long at most a record is safe.</summary>
    protected static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(1);

    /// <summary>Where the store is; empty at the beginning of a round.</summary>
    protected string Folder { get; } = folder.In(name);

    public override void Reset()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Folder);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
