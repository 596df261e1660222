using BridgeFramework.Files;

namespace BridgeFramework.Outbox;

/// <summary>A segment that was in memory while the disk failed, and is in a file now.</summary>
internal static class SavedMemory
{
    /// <summary>Writes a segment to a file and then gives its lanes their records there. Its bytes are synced when this
    /// returns, its name is not.</summary>
    /// <exception cref="IOException">The disk fails once more; the lanes have their records in memory.</exception>
    public static Segment Of(Segment memory, SegmentFiles files, LaneBook book, FrameWriter writer)
    {
        var saved = Copy(memory, files, writer);
        foreach (var (number, part) in memory.Parts) book.Find(number)!.Replace(part, saved.Parts[number]); // it has a part
        return saved;
    }

#pragma warning disable IDISP001 // handed over
    private static Segment Copy(Segment memory, SegmentFiles files, FrameWriter writer)
    {
        var store = files.Create(memory.Number);
        try
        {
            var saved = new Segment(memory.Number, store, isFile: true) { Length = memory.Length, Index = memory.Index, IsDraft = true };
            byte[] bytes = new byte[memory.Length];
            memory.Store.ReadExactly(0, bytes);
            store.Write(0, bytes);
            foreach (var (number, part) in memory.Parts) saved.Parts.Add(number, part.In(saved));
            SegmentFooter.Write(saved, writer);
            store.Sync();
            files.Begin(saved.Number);
            files.Name(saved);
            saved.SyncedLength = saved.Length;
            return saved;
        }
        catch
        {
            store.Dispose();
            files.Discard(memory.Number);
            throw;
        }
    }
#pragma warning restore IDISP001
}
