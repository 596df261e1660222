using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>A segment that was in memory while the disk failed, and is in a file now.</summary>
internal static class SavedMemory
{
    /// <summary>Writes a segment to a file and gives its lanes their records there. Its bytes are synced when this
    /// returns, its name is not.</summary>
    /// <exception cref="IOException">The disk fails once more.</exception>
    public static Segment Of(Segment memory, SegmentFiles files, LaneBook book, FrameWriter writer)
    {
#pragma warning disable IDISP001 // handed over
        var store = files.Create(memory.Number);
#pragma warning restore IDISP001
        var saved = new Segment(memory.Number, store, isFile: true) { Length = memory.Length, Index = memory.Index, IsDraft = true };
        byte[] bytes = new byte[memory.Length];
        memory.Store.ReadExactly(0, bytes);
        store.Write(0, bytes);
        foreach (var (number, part) in memory.Parts)
        {
            var moved = new LanePart(saved, number, part.First)
            {
                End = part.End,
                Bytes = part.Bytes,
                FirstTime = part.FirstTime,
                LastTime = part.LastTime,
                FirstEpoch = part.FirstEpoch,
            };
            saved.Parts.Add(number, moved);
            book.Find(number)!.Replace(part, moved); // it has a part
        }

        SegmentFooter.Write(saved, writer);
        store.Sync();
        files.Name(saved);
        saved.SyncedLength = saved.Length;
        return saved;
    }
}
