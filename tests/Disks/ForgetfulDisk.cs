using BridgeFramework.Files;

namespace BridgeFramework.Disks;

/// <summary>A disk in memory that forgets what was not synced when the power goes, names in folders included,
/// and fails where a test has it fail.</summary>
public sealed class ForgetfulDisk
{
    private FakeFolder _root = new();
    private int? _cutAfter;

    internal Lock Gate { get; } = new();

    internal FakeFolder Root => _root;

    /// <summary>Counts kills and power cuts: what an earlier process does has no effect.</summary>
    internal int Generation { get; private set; }

    /// <summary>What goes wrong with an operation; <see langword="null"/> for nothing.</summary>
    public Func<DiskOperation, string, Exception?> Fails { get; set; } = (_, _) => null;

    /// <summary>Operations so far that change the disk or make something safe.</summary>
    public int Operations { get; private set; }

    /// <summary>Whether the power went at the operation that <see cref="CutAfter"/> names.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether the write at which the power goes, or the process ends, is half done.</summary>
    public bool TearsWrites { get; set; }

    /// <summary>Bytes that were written.</summary>
    public long Written { get; private set; }

    /// <summary>Files that were synced.</summary>
    public int Syncs { get; private set; }

    /// <summary>Bytes that were new when their file was synced.</summary>
    public long SyncedBytes { get; private set; }

    /// <summary>Bytes that were read.</summary>
    public long BytesRead { get; set; }

    /// <summary>The disk for one process. What that does after the next <see cref="PowerLoss"/> or
    /// <see cref="Kill"/> does not count.</summary>
    public IDisk Mount() => new MountedDisk(this);

    /// <summary>Has the power go after so many more operations.</summary>
    public void CutAfter(int operations) => _cutAfter = Operations + operations;

    /// <summary>The process ends: all that was written stays, synced or not.</summary>
    public void Kill()
    {
        lock (Gate)
        {
            Generation++;
            (_cutAfter, IsCut) = (null, false);
        }
    }

    /// <summary>The power goes.</summary>
    public void PowerLoss(Survival survives)
    {
        lock (Gate)
        {
            Generation++;
            (_root, _cutAfter, IsCut) = (_root.WithoutPower(survives, []), null, false);
        }
    }

    /// <summary>Everything that is there is safe.</summary>
    public void SyncAll() => PowerLoss(Survival.Everything);

    /// <summary>Another disk that is in the same state.</summary>
    public ForgetfulDisk Clone()
    {
        lock (Gate) return new ForgetfulDisk { _root = _root.Clone([]) };
    }

    /// <summary>The files of a folder, with their lengths.</summary>
    public IReadOnlyDictionary<string, int> FilesIn(string folder)
    {
        lock (Gate)
        {
            return FolderAt(folder) is { } found
                ? found.Live.Where(entry => entry.Value is FakeFile).ToDictionary(
                    entry => entry.Key, entry => ((FakeFile)entry.Value).Length, StringComparer.Ordinal)
                : new Dictionary<string, int>(StringComparer.Ordinal);
        }
    }

    /// <summary>Changes bytes behind everybody's back.</summary>
    public void Damage(string path, int offset, int length)
    {
        lock (Gate)
        {
            var live = ((FakeFile)NodeAt(path)!).Live; // a test names a file that is there
            for (int at = offset; at < Math.Min(live.Length, offset + length); at++) live[at] ^= 0x5A;
        }
    }

    /// <summary>Puts other bytes into a file behind everybody's back.</summary>
    public void Change(string path, Func<byte[], byte[]> change)
    {
        lock (Gate)
        {
            var file = (FakeFile)NodeAt(path)!; // a test names a file that is there
            byte[] changed = change(file.Live.ToArray());
            file.Truncate(0);
            file.Write(0, changed);
            file.Sync();
        }
    }

    /// <summary>Whether the operation that begins now is the one that is not done any more.</summary>
    internal bool IsLast => !IsCut && _cutAfter is { } last && Operations >= last;

    internal FakeNode? NodeAt(string path)
    {
        FakeNode? node = _root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = (node as FakeFolder)?.Live.GetValueOrDefault(name);
        return node;
    }

    internal FakeFolder? FolderAt(string path) => NodeAt(path) as FakeFolder;

    /// <summary>Called with the gate held, before an operation is done.</summary>
    internal void Begin(DiskOperation operation, string path)
    {
        if (IsCut) throw new PowerCutException();
        if (Fails(operation, path) is { } exception) throw exception;
        if (operation != DiskOperation.Read && IsLast)
        {
            IsCut = true;
            throw new PowerCutException();
        }
    }

    /// <summary>Called with the gate held, after an operation was done.</summary>
    internal void End(DiskOperation operation, long bytes = 0)
    {
        if (operation == DiskOperation.Read) BytesRead += bytes;
        else Operations++;
        if (operation == DiskOperation.Write) Written += bytes;
        if (operation != DiskOperation.Sync) return;
        Syncs++;
        SyncedBytes += bytes;
    }
}
