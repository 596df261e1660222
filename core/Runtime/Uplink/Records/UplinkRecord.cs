using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace BridgeFramework.Runtime;

/// <summary>What a driver reported, as bytes in the outbox: one set of samples, or one event. Says nothing of topics or JSON.</summary>
/// <remarks>
/// Kind (1), stamp: boot number and milliseconds of the steady clock; then for samples their number and each sample; for an event its level
/// (1), a time of its own in 8 bytes (0: none), its name, the number of its values and each value as a sample. A sample: name, tag (1: kind
/// of value, +0x40 when a quality (1) follows, +0x80 when a time of its own follows in 8 bytes), value. Numbers without a size are LEB128,
/// signed ones zigzag; those with one are little-endian. Names, text and bytes: length, bytes.
/// </remarks>
internal static class UplinkRecord
{
    public const byte SamplesKind = 3; // 1 and 2 had times of the wall clock
    public const byte EventKind = 4;
    public const byte OwnTime = 0x80;
    public const byte HasQuality = 0x40;

    /// <summary>A number that loses nothing in 4 bytes; a tag beside the kinds of values.</summary>
    public const byte SingleTag = 0x3F;

    public static void WriteSamples(IBufferWriter<byte> output, SampleStamp stamp, ReadOnlySpan<PointValue> values)
    {
        WriteHead(output, SamplesKind, stamp);
        WriteNumber(output, (ulong)values.Length);
        foreach (ref readonly var value in values) WriteSample(output, value.Point.Name, value.Quality, value.Value, value.Time);
    }

    public static void WriteEvent(IBufferWriter<byte> output, SampleStamp stamp, DeviceEvent happened)
    {
        WriteHead(output, EventKind, stamp);
        WriteByte(output, (byte)happened.Level);
        WriteInt64(output, happened.Time?.ToUnixTimeMilliseconds() ?? 0);
        WriteText(output, happened.Name);
        WriteNumber(output, (ulong)happened.Data.Count);
        foreach (var (name, value) in happened.Data) WriteSample(output, name, Quality.Good, value, time: null);
    }

    private static void WriteHead(IBufferWriter<byte> output, byte kind, SampleStamp stamp)
    {
        WriteByte(output, kind);
        WriteNumber(output, (ulong)stamp.Boot);
        WriteNumber(output, (ulong)stamp.Steady);
    }

    private static void WriteSample(IBufferWriter<byte> output, string name, Quality quality, in Variant value, DateTimeOffset? time)
    {
        WriteText(output, name);
        bool isSingle = value.Kind == VariantKind.Number && (double)(float)value.AsNumber() == value.AsNumber();
        WriteByte(output, (byte)(
            (isSingle ? SingleTag : (byte)value.Kind) | (quality == Quality.Good ? 0 : HasQuality) | (time is null ? 0 : OwnTime)));
        if (quality != Quality.Good) WriteByte(output, (byte)quality);
        if (time is { } own) WriteInt64(output, own.ToUnixTimeMilliseconds());
        switch (value.Kind)
        {
            case VariantKind.Boolean: WriteByte(output, value.AsBoolean() ? (byte)1 : (byte)0); break;
            case VariantKind.Integer: WriteNumber(output, (ulong)((value.AsInteger() << 1) ^ (value.AsInteger() >> 63))); break;
            case VariantKind.UnsignedInteger: WriteNumber(output, value.AsUnsignedInteger()); break;
            case VariantKind.Number when isSingle: WriteInt32(output, BitConverter.SingleToInt32Bits((float)value.AsNumber())); break;
            case VariantKind.Number: WriteInt64(output, BitConverter.DoubleToInt64Bits(value.AsNumber())); break;
            case VariantKind.Text: WriteText(output, value.AsText()); break;
            case VariantKind.Bytes:
                WriteNumber(output, (ulong)value.AsBytes().Length);
                output.Write(value.AsBytes().Span);
                break;
        }
    }

    private static void WriteByte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void WriteInt32(IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private static void WriteInt64(IBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    private static void WriteNumber(IBufferWriter<byte> output, ulong value)
    {
        var span = output.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        output.Advance(length);
    }

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        WriteNumber(output, (ulong)length);
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }
}
