namespace BridgeFramework.Outbox;

/// <summary>Where a record is in its segment.</summary>
/// <param name="Offset">Of its frame.</param>
/// <param name="Length">Of its frame.</param>
/// <param name="Sequence">The number of its first item.</param>
/// <param name="Items">How many items it holds.</param>
/// <param name="Time">When it was added, on the outbox's clock.</param>
/// <param name="Epoch">In which epoch its items were numbered.</param>
internal readonly record struct RecordPlace(int Offset, int Length, long Sequence, int Items, long Time, int Epoch)
{
    public long End => Sequence + Items;

    /// <summary>The first record that ends behind a number.</summary>
    public static int Find(List<RecordPlace> places, long sequence)
    {
        int low = 0;
        for (int high = places.Count; low < high;)
        {
            int middle = (low + high) / 2;
            if (places[middle].End > sequence) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    /// <summary>The first record at an offset or behind.</summary>
    public static int FindOffset(List<RecordPlace> places, int offset)
    {
        int low = 0;
        for (int high = places.Count; low < high;)
        {
            int middle = (low + high) / 2;
            if (places[middle].Offset >= offset) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
