using System.Text;

namespace BridgeFramework.Outbox;

/// <summary>Reads the body of a frame front to back.</summary>
internal ref struct FrameReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body[1..];

    public FrameKind Kind { get; } = (FrameKind)body[0];

    /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <exception cref="InvalidDataException">The body ends too early, or there is no such number.</exception>
    public long Number()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_rest.IsEmpty) throw new InvalidDataException("A frame ends within a number.");
            byte next = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return (long)value;
        }

        throw new InvalidDataException("A frame holds a number of more than 64 bits.");
    }

    /// <summary>A number that may only be so large.</summary>
    public int Count(int most)
    {
        long count = Number();
        return count >= 0 && count <= most ? (int)count
            : throw new InvalidDataException($"A frame holds {count} where at most {most} are possible.");
    }

    /// <summary>Numbers by their place; places that the writer did not know are zero, those we do not know are passed over.</summary>
    public void Numbers(scoped Span<long> values)
    {
        int count = Count(255);
        values.Clear();
        for (int i = 0; i < count; i++)
        {
            long value = Number();
            if (i < values.Length) values[i] = value;
        }
    }

    public string Text()
    {
        int length = Count(1024);
        if (length > _rest.Length) throw new InvalidDataException("A frame ends within a text.");
        string text = Encoding.UTF8.GetString(_rest[..length]);
        _rest = _rest[length..];
        return text;
    }
}
