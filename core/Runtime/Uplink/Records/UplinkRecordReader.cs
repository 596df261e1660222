using System.Buffers.Binary;
using System.Text;

namespace BridgeFramework.Runtime;

/// <summary>Reads an <see cref="UplinkRecord"/> front to back. A copy of it is a bookmark.</summary>
internal ref struct UplinkRecordReader
{
    private ReadOnlySpan<byte> _rest;

    /// <exception cref="InvalidDataException">The record is damaged, or of a kind that is not known.</exception>
    public UplinkRecordReader(ReadOnlySpan<byte> record)
    {
        _rest = record;
        byte kind = ReadByte();
        if (kind is not (UplinkRecord.SamplesKind or UplinkRecord.EventKind))
            throw new InvalidDataException($"An uplink record of kind {kind} is not known.");
        IsEvent = kind == UplinkRecord.EventKind;
        Stamp = new SampleStamp((int)ReadNumber(int.MaxValue), (long)ReadNumber(long.MaxValue));
        if (IsEvent)
        {
            Level = (EventLevel)ReadByte();
            EventTime = ReadInt64();
            EventName = ReadBytes();
        }

        Remaining = (int)ReadNumber(int.MaxValue);
    }

    public bool IsEvent { get; }
    public SampleStamp Stamp { get; }
    public EventLevel Level { get; }

    /// <summary>Milliseconds since the epoch, where the event has a time of its own; else 0.</summary>
    public long EventTime { get; }
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
        byte tag = ReadByte();
        var quality = (tag & UplinkRecord.HasQuality) != 0 ? (Quality)ReadByte() : Quality.Good;
        long? time = (tag & UplinkRecord.OwnTime) != 0 ? ReadInt64() : null;
        sample = new UplinkSample(name, quality, ReadValue((byte)(tag & ~(UplinkRecord.HasQuality | UplinkRecord.OwnTime))), time);
        return true;
    }

    private Variant ReadValue(byte tag) => tag switch
    {
        (byte)VariantKind.None => default,
        (byte)VariantKind.Boolean => Variant.From(ReadByte() != 0),
        (byte)VariantKind.Integer => Variant.From(Signed(ReadNumber(ulong.MaxValue))),
        (byte)VariantKind.UnsignedInteger => Variant.From(ReadNumber(ulong.MaxValue)),
        (byte)VariantKind.Number => Finite(BitConverter.Int64BitsToDouble(ReadInt64())),
        UplinkRecord.SingleTag => Finite(BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt32LittleEndian(Take(4)))),
        (byte)VariantKind.Text => Variant.From(Encoding.UTF8.GetString(ReadBytes())),
        (byte)VariantKind.Bytes => Variant.From(ReadBytes().ToArray()),
        _ => throw new InvalidDataException($"A value of kind {tag} is not known."),
    };

    private static Variant Finite(double value) =>
        double.IsFinite(value) ? Variant.From(value)
            : throw new InvalidDataException("An uplink record holds a number that is not finite.");

    private static long Signed(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private byte ReadByte() => Take(1)[0];

    private long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    private ulong ReadNumber(ulong most)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value <= most ? value
                    : throw new InvalidDataException($"An uplink record holds {value} where at most {most} is possible.");
        }

        throw new InvalidDataException("An uplink record holds a number of more than 64 bits.");
    }

    private ReadOnlySpan<byte> ReadBytes() => Take((int)ReadNumber(int.MaxValue));

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length)
            throw new InvalidDataException($"An uplink record ends {length - _rest.Length} bytes too early.");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}

/// <summary>One sample of a record: a point's value with quality and, where the device has given one, a time.</summary>
internal readonly ref struct UplinkSample(ReadOnlySpan<byte> name, Quality quality, Variant value, long? ownTime)
{
    /// <summary>The point's name, UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;
    public Quality Quality { get; } = quality;
    public Variant Value { get; } = value;

    /// <summary>Milliseconds since the epoch; null for the time of the record.</summary>
    public long? OwnTime { get; } = ownTime;
}
