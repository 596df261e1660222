namespace BridgeFramework.Outbox;

/// <summary>How all owners and lanes stand, as the first frame of a segment: whatever went before need not be read for it.</summary>
/// <remarks>
/// Version, boot (text), clock, bytes of records carried over that follow it; number of epochs, then for each: number, id, term; number of
/// the next lane; number of owners, then for each: name, number of its live lane, whether it has left, reported, filtered, refused by
/// reason, and for both lanes next, reserved, front, acknowledged, dropped by reason. In version 2 nobody leaves, and neither that nor the
/// next lane stands in it. Version 1 has no epochs either: what it tells of becomes the first.
/// </remarks>
internal static class Snapshot
{
    private const int Version = 3;
    private const int VersionWithoutLeft = 2;
    private const int VersionWithoutEpochs = 1;
    private const int MaxEpochs = 1 << 16;

    public static ReadOnlySpan<byte> Write(FrameWriter writer, string boot, long clock, int carried, LaneBook book)
    {
        writer.Begin(FrameKind.Snapshot).Number(Version).Text(boot).Number(clock).Number(carried).Number(book.Epochs.All.Count);
        foreach (var epoch in book.Epochs.All) writer.Number(epoch.Number).Text(epoch.Id).Number(epoch.Term);
        writer.Number(book.NextNumber).Number(book.Owners.Count);
        foreach (var owner in book.Owners)
        {
            writer.Text(owner.Name).Number(owner.Lanes[0].Number).Number(owner.HasLeft ? 1 : 0)
                .Number(owner.Reported).Number(owner.Filtered).Numbers(owner.Refused);
            foreach (var lane in owner.Lanes)
                writer.Number(lane.Next).Number(lane.Reserving).Number(lane.Front).Number(lane.Acknowledged).Numbers(lane.Dropped);
        }

        return writer.End();
    }

    /// <summary>Reads one into an empty book.</summary>
    /// <returns>The boot it was written in, the clock then, and how many bytes of records follow that were carried over.</returns>
    /// <exception cref="InvalidDataException">It is damaged in spite of its checksum, or of a version that is not known.</exception>
    public static (string Boot, long Clock, int Carried) Read(ReadOnlySpan<byte> body, LaneBook book)
    {
        var head = ReadHead(body, out var reader, out int version);
        if (version == VersionWithoutEpochs) book.Epochs.Know(0);
        for (int epochs = version > VersionWithoutEpochs ? reader.Count(MaxEpochs) : 0; epochs > 0; epochs--)
            book.Epochs.Add(new Epoch(reader.Count(int.MaxValue), reader.Text(), reader.Number()));
        if (version > VersionWithoutLeft) book.SkipNumbers(reader.Count(int.MaxValue - 2));
        for (int owners = reader.Count(Frame.MaxBody); owners > 0; owners--)
        {
            string name = reader.Text();
            var owner = book.Add(name, reader.Count(int.MaxValue - 2));
            if (version > VersionWithoutLeft) owner.HasLeft = reader.Count(1) == 1;
            (owner.Reported, owner.Filtered) = (reader.Number(), reader.Number());
            reader.Numbers(owner.Refused);
            foreach (var lane in owner.Lanes)
            {
                (lane.Next, lane.Reserving, lane.Front, lane.Acknowledged) = (
                    reader.Number(), reader.Number(), reader.Number(), reader.Number());
                lane.Reserved = lane.Reserving;
                reader.Numbers(lane.Dropped);
            }
        }

        return head;
    }

    /// <summary>Reads only how many bytes of records follow that were carried over.</summary>
    /// <exception cref="InvalidDataException">It is damaged in spite of its checksum, or of a version that is not known.</exception>
    public static int ReadCarried(ReadOnlySpan<byte> body) => ReadHead(body, out _, out _).Carried;

    private static (string Boot, long Clock, int Carried) ReadHead(ReadOnlySpan<byte> body, out FrameReader reader, out int version)
    {
        reader = new FrameReader(body);
        version = reader.Kind == FrameKind.Snapshot ? reader.Count(int.MaxValue) : 0;
        if (version is < VersionWithoutEpochs or > Version) throw new InvalidDataException("it is of another version.");
        return (reader.Text(), reader.Number(), reader.Count(int.MaxValue));
    }
}
