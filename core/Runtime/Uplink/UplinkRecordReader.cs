using System.Buffers.Binary;
using System.Text;

namespace BridgeFramework.Runtime;

/// <summary>Reads an <see cref="UplinkRecord"/> front to back. A copy of it is a bookmark.</summary>
internal ref struct UplinkRecordReader
{
    private ReadOnlySpan<byte> _rest;

    public UplinkRecordReader(ReadOnlySpan<byte> record)
    {
        _rest = record;
        Kind = ReadByte();
        Time = ReadInt64();
        if (Kind == UplinkRecord.EventKind)
        {
            Level = (EventLevel)ReadByte();
            EventName = ReadBytes();
        }
        else if (Kind != UplinkRecord.SamplesKind)
        {
            throw new InvalidDataException($"An uplink record of kind {Kind} is not known.");
        }

        Remaining = ReadInt32();
    }

    public byte Kind { get; }
    public long Time { get; }
    public EventLevel Level { get; }
    public ReadOnlySpan<byte> EventName { get; }

    /// <summary>How many samples are left.</summary>
    public int Remaining { get; private set; }

    /// <exception cref="InvalidDataException">The record is damaged.</exception>
    public bool TryRead(out UplinkSample sample)
    {
        sample = default;
        if (Remaining <= 0) return false;
        Remaining--;
        var name = ReadBytes();
        var quality = (Quality)ReadByte();
        byte kind = ReadByte();
        long time = (kind & 0x80) != 0 ? ReadInt64() : Time;
        sample = new UplinkSample(name, quality, ReadValue((VariantKind)(kind & 0x7F)), time);
        return true;
    }

    private Variant ReadValue(VariantKind kind) => kind switch
    {
        VariantKind.None => default,
        VariantKind.Boolean => Variant.From(ReadByte() != 0),
        VariantKind.Integer => Variant.From(ReadInt64()),
        VariantKind.UnsignedInteger => Variant.From(unchecked((ulong)ReadInt64())),
        VariantKind.Number => Variant.From(BitConverter.Int64BitsToDouble(ReadInt64())),
        VariantKind.Text => Variant.From(Encoding.UTF8.GetString(ReadBytes())),
        VariantKind.Bytes => Variant.From(ReadBytes().ToArray()),
        _ => throw new InvalidDataException($"A value of kind {(byte)kind} is not known."),
    };

    private byte ReadByte() => Take(1)[0];

    private int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    private ReadOnlySpan<byte> ReadBytes() => Take(ReadInt32());

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length) throw new InvalidDataException($"An uplink record ends {length - _rest.Length} bytes too early.");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}

/// <summary>One sample of a record: a point's value with quality and time.</summary>
internal readonly ref struct UplinkSample(ReadOnlySpan<byte> name, Quality quality, Variant value, long time)
{
    /// <summary>The point's name, UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;
    public Quality Quality { get; } = quality;
    public Variant Value { get; } = value;

    /// <summary>Milliseconds since the epoch.</summary>
    public long Time { get; } = time;
}
