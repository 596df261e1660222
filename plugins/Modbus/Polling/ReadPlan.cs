namespace BridgeFramework.Modbus;

/// <summary>How much one request may read, and how much of it may be unused.</summary>
internal readonly record struct BlockLimits(int MaxRegisters, int MaxRegisterGap, int MaxBits, int MaxBitGap)
{
    public int MaxBlock(Table table) => table.IsBits() ? MaxBits : MaxRegisters;

    public int MaxGap(Table table) => table.IsBits() ? MaxBitGap : MaxRegisterGap;
}

/// <summary>The requests that read a set of points: neighbours together, no point divided.</summary>
/// <remarks>
/// Where a device refuses a block because of a hole in it, the block is divided, and stays so for the rest of the run: a hole
/// costs at most 2 * log2(n) + 1 requests, once.
/// </remarks>
internal sealed class ReadPlan
{
    private readonly List<ReadBlock> _blocks;

    public ReadPlan(byte unit, IReadOnlyList<MappedPoint> points, BlockLimits limits)
    {
        // Every point has a value from the start: one that is never read must not be reported without its name.
        Values = [.. points.Select(p => new PointValue(p.Definition, Quality.Timeout))];
        var sorted = points.Select((point, index) => new BlockPoint(point, index)).OrderBy(p => p.Point.Table).ThenBy(p => p.Point.Start);
        _blocks = [.. Gather(sorted, limits).Select(block => new ReadBlock(unit, [.. block], Values))];
    }

    /// <summary>The values of all points, in the order they were given.</summary>
    public PointValue[] Values { get; }

    public IReadOnlyList<ReadBlock> Blocks => _blocks;

    /// <summary>Replaces a block by its two halves.</summary>
    public void Split(int index)
    {
        var (left, right) = _blocks[index].Split();
        _blocks[index] = left;
        _blocks.Insert(index + 1, right);
    }

    private static IEnumerable<List<BlockPoint>> Gather(IEnumerable<BlockPoint> sorted, BlockLimits limits)
    {
        List<BlockPoint> block = [];
        int end = 0;
        foreach (var next in sorted)
        {
            if (block.Count > 0)
            {
                var first = block[0].Point;
                bool fits = first.Table == next.Point.Table
                    && next.Point.Start - end <= limits.MaxGap(first.Table)
                    && Math.Max(end, next.Point.End) - first.Start <= limits.MaxBlock(first.Table);
                if (!fits)
                {
                    yield return block;
                    block = [];
                    end = 0;
                }
            }

            block.Add(next);
            end = Math.Max(end, next.Point.End);
        }

        if (block.Count > 0) yield return block;
    }
}
