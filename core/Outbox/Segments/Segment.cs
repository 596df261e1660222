using System.Globalization;
using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>A run of the log: a snapshot, then what happened since, then, once it is sealed, a footer that says what is in it.</summary>
internal sealed class Segment(long number, IDiskFile store, bool isFile) : IDisposable
{
    private const string Suffix = ".outbox";
    private const string DraftSuffix = ".begun";
    private const string UnbegunSuffix = ".new";

    public long Number { get; } = number;
    public IDiskFile Store { get; } = store;

    /// <summary>Whether it outlives the process.</summary>
    public bool IsFile { get; } = isFile;
    public string Name => IsDraft ? DraftOf(Number) : NameOf(Number);

    /// <summary>Whether its file has the name of a draft: its beginning was written, and a power cut may tear it.</summary>
    public bool IsDraft { get; set; }

    /// <summary>Why its file is not what was written; null where it is. It is kept when it is not needed any more.</summary>
    public string? Damage { get; set; }

    /// <summary>Where the next frame goes.</summary>
    public int Length { get; set; }

    /// <summary>Where what happened since it began begins: behind the snapshot and the records that were carried over.</summary>
    public int Start { get; set; }

    /// <summary>How many bytes of records were carried over, directly before <see cref="Start"/>.</summary>
    public int Carried { get; set; }

    /// <summary>Up to here a power cut takes nothing.</summary>
    public int SyncedLength { get; set; }

    /// <summary>Whether it begins with a snapshot that a power cut does not take: then nothing before it is
    /// needed but for records that wait.</summary>
    public bool IsAnchor => IsFile && Start > 0 && SyncedLength >= Start;

    /// <summary>The number of the first segment whose snapshot says what became of everything here; null while there is none.</summary>
    public long? SpentBy { get; set; }

    /// <summary>By lane number, what of it waits here.</summary>
    public Dictionary<int, LanePart> Parts { get; } = [];

    /// <summary>Bytes of what waits here.</summary>
    public long PendingBytes => Parts.Values.Sum(part => part.Bytes);

    /// <summary>By lane number, where each record is; null where that is not in memory.</summary>
    public Dictionary<int, List<RecordPlace>>? Index { get; set; }

    /// <summary>How much of a file can be a segment: more than that never is.</summary>
    public static int LengthOf(IDiskFile store) => (int)Math.Min(store.Length, int.MaxValue);

    public static string NameOf(long number) => number.ToString("x16", CultureInfo.InvariantCulture) + Suffix;

    public static string DraftOf(long number) => Path.ChangeExtension(NameOf(number), DraftSuffix);

    /// <summary>The name of a file whose beginning is being written. Nothing in it counts.</summary>
    public static string UnbegunOf(long number) => Path.ChangeExtension(NameOf(number), UnbegunSuffix);

    /// <summary>Whether this is the name of a file that was never begun.</summary>
    public static bool IsUnbegun(string name) => name.EndsWith(UnbegunSuffix, StringComparison.Ordinal);

    /// <summary>Whether this is the name of a segment, and of which.</summary>
    /// <param name="name">The name of a file.</param>
    /// <param name="number">Its number.</param>
    /// <param name="isDraft">Whether it may have been begun and not more.</param>
    public static bool TryNumberOf(string name, out long number, out bool isDraft)
    {
        number = 0;
        isDraft = name.EndsWith(DraftSuffix, StringComparison.Ordinal);
        return name.Length == 16 + (isDraft ? DraftSuffix : Suffix).Length && (isDraft || name.EndsWith(Suffix, StringComparison.Ordinal))
            && long.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }

    /// <exception cref="IOException">The bytes are not there to stay; where the frame should be may be a part of it.</exception>
    public int Write(ReadOnlySpan<byte> frame)
    {
        int offset = Length;
        Store.Write(offset, frame);
        Length += frame.Length;
        return offset;
    }

    /// <summary>Takes note of a record.</summary>
    /// <returns>What it holds of the lane now, and by how many items that has grown.</returns>
    public (LanePart Part, long More) Add(int lane, RecordPlace place)
    {
        if (!Parts.TryGetValue(lane, out var part)) Parts.Add(lane, part = new LanePart(this, lane, place.Sequence));
        long more = part.Add(place);
        if (Index is null) return (part, more);
        if (!Index.TryGetValue(lane, out var places)) Index.Add(lane, places = []);
        places.Add(place);
        return (part, more);
    }

#pragma warning disable IDISP007 // handed over: a segment owns its store
    public void Dispose() => Store.Dispose();
#pragma warning restore IDISP007
}
