namespace BridgeFramework.Modbus;

/// <summary>Points that are read by one request, and the request.</summary>
internal sealed class ReadBlock : ModbusRequest
{
    private readonly BlockPoint[] _points;
    private readonly PointValue[] _values;

    /// <param name="unit">The unit.</param>
    /// <param name="points">The points, sorted by start, of one table.</param>
    /// <param name="values">Takes the values, each at its point's index.</param>
    public ReadBlock(byte unit, BlockPoint[] points, PointValue[] values)
    {
        Unit = unit;
        _points = points;
        _values = values;
        Table = points[0].Point.Table;
        Start = points[0].Point.Start;
        Count = points.Max(p => p.Point.End) - Start;
    }

    public override byte Unit { get; }

    public override FunctionCode Function => Table.ReadFunction();

    public Table Table { get; }

    public int Start { get; }

    public int Count { get; }

    public IReadOnlyList<BlockPoint> Points => _points;

    /// <summary>How many rounds it is left out, because the device refused it.</summary>
    public int RoundsToSkip { get; set; }

    public override int WritePdu(Span<byte> pdu) => ReadPdu.WriteRequest(pdu, Function, Start, Count);

    public override bool IsAnswer(ReadOnlySpan<byte> pdu) => ReadPdu.TryReadAnswer(pdu, Function, Count, out _);

    public override void Accept(ReadOnlySpan<byte> pdu)
    {
        if (!ReadPdu.TryReadAnswer(pdu, Function, Count, out var data)) return;
        foreach (var (point, index) in _points) _values[index] = point.Decode(data, Start);
    }

    /// <summary>Marks all its points as bad.</summary>
    public void Fail(Quality quality)
    {
        foreach (var (point, index) in _points) _values[index] = new PointValue(point.Definition, quality);
    }

    /// <summary>Divides it at its largest gap or, where there is none, at the point border nearest to its middle.</summary>
    public (ReadBlock Left, ReadBlock Right) Split()
    {
        int best = 1;
        int bestGap = int.MinValue;
        int bestDistance = int.MaxValue;
        int end = _points[0].Point.End;
        for (int i = 1; i < _points.Length; i++)
        {
            int start = _points[i].Point.Start;
            int gap = Math.Max(start - end, 0);
            int distance = Math.Abs(2 * (start - Start) - Count);
            if (gap > bestGap || (gap == bestGap && gap == 0 && distance < bestDistance))
                (best, bestGap, bestDistance) = (i, gap, distance);
            end = Math.Max(end, _points[i].Point.End);
        }

        return (new ReadBlock(Unit, _points[..best], _values), new ReadBlock(Unit, _points[best..], _values));
    }

    /// <summary>Gives what it reads, for messages: holding registers 0 to 12.</summary>
    public override string ToString() => $"{Table.Noun()}s {Start} to {Start + Count - 1} (0-based)";
}

/// <summary>A point and the place of its value in the report.</summary>
internal readonly record struct BlockPoint(MappedPoint Point, int Index);
