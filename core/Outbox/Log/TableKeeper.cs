namespace BridgeFramework.Outbox;

/// <summary>Keeps the table beside the segments: how owners, lanes and epochs stood, apart from the segment that says it.</summary>
/// <remarks>
/// It is a copy of a snapshot that is synced, so that after a power cut the segments know as much or more. Where records wait in memory it
/// is the only file that may still be written, and says what a killed process would forget. Used under the outbox's lock, but for
/// <see cref="Write"/>.
/// </remarks>
internal sealed class TableKeeper(TableFile file, LaneBook book, string boot, OutboxClock clock)
{
    private const long RenewedAfter = 10 * 60 * 1000; // ms; counts of a damaged segment may be as old as this
    private const long RenewedInMemoryAfter = 10_000; // ms
    private readonly FrameWriter _snapshots = new();
    private readonly FrameWriter _frames = new();
    private readonly Lock _writing = new();
    private (int Owners, int Epoch) _names;
    private (Segment Segment, byte[] Snapshot)? _offered;
    private long? _takenAt;
    private int _taken;
    private int _written;

    /// <summary>Takes note of the snapshot that a segment begins with, if the table is not to be without it.</summary>
    public void Offer(Segment segment, ReadOnlySpan<byte> frame)
    {
        if (_names == Names && clock.Now - _takenAt < RenewedAfter) return;
        _offered = (segment, BodyOf(frame));
    }

    /// <summary>What is to be written now; null if nothing is.</summary>
    /// <param name="active">The newest segment.</param>
    public TableContent? Take(Segment active)
    {
        if (active.IsFile)
        {
            if (_offered is not { } offered || !offered.Segment.IsAnchor) return null;
            _offered = null;
            return Taken(offered.Snapshot);
        }

        return _names == Names && clock.Now - _takenAt < RenewedInMemoryAfter ? null : TakeFinal();
    }

    /// <summary>What is to be written because nothing comes any more.</summary>
    public TableContent TakeFinal() => Taken(BodyOf(Snapshot.Write(_snapshots, boot, clock.Now, carried: 0, book)));

    /// <summary>Writes what was taken, unless what was taken later is written already. Safe when this returns,
    /// if the disk takes it.</summary>
    public void Write(TableContent content)
    {
        lock (_writing)
        {
            if (content.Number < _written) return;
            _written = content.Number;
            file.Write(_frames, content.Snapshot);
        }
    }

    private (int Owners, int Epoch) Names => (book.Owners.Count, book.Epochs.Current.Number);

    private TableContent Taken(byte[] snapshot)
    {
        (_names, _takenAt) = (Names, clock.Now);
        return new TableContent(++_taken, snapshot);
    }

    private static byte[] BodyOf(ReadOnlySpan<byte> frame) => frame[Frame.HeaderLength..].ToArray();
}

/// <summary>What is to stand in the table.</summary>
/// <param name="Number">Grows with each.</param>
/// <param name="Snapshot">The body of a snapshot.</param>
internal sealed record TableContent(int Number, byte[] Snapshot);
