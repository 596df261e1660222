using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace BridgeFramework.Runtime;

/// <summary>What a driver reported, as bytes in the outbox: one set of samples, or one event. Says nothing of topics or JSON.</summary>
/// <remarks>
/// Layout, little-endian: kind (1), time in ms since the epoch (8), then for samples the number of samples (4) and each sample; for
/// an event its level (1), its name, the number of its values (4) and each value as a sample. A sample: name, quality (1), variant
/// kind (1, +0x80 when a time of its own follows in 8 bytes), value. Names, text and bytes: length (4), bytes.
/// </remarks>
internal static class UplinkRecord
{
    public const byte SamplesKind = 1;
    public const byte EventKind = 2;
    private const byte OwnTime = 0x80;

    public static void WriteSamples(IBufferWriter<byte> output, DateTimeOffset now, ReadOnlySpan<PointValue> values)
    {
        WriteByte(output, SamplesKind);
        WriteInt64(output, now.ToUnixTimeMilliseconds());
        WriteInt32(output, values.Length);
        foreach (ref readonly var value in values) WriteSample(output, value.Point.Name, value.Quality, value.Value, value.Time);
    }

    public static void WriteEvent(IBufferWriter<byte> output, DateTimeOffset now, DeviceEvent happened)
    {
        WriteByte(output, EventKind);
        WriteInt64(output, (happened.Time ?? now).ToUnixTimeMilliseconds());
        WriteByte(output, (byte)happened.Level);
        WriteText(output, happened.Name);
        WriteInt32(output, happened.Data.Count);
        foreach (var (name, value) in happened.Data) WriteSample(output, name, Quality.Good, value, time: null);
    }

    private static void WriteSample(IBufferWriter<byte> output, string name, Quality quality, in Variant value, DateTimeOffset? time)
    {
        WriteText(output, name);
        WriteByte(output, (byte)quality);
        WriteByte(output, (byte)((byte)value.Kind | (time is null ? 0 : OwnTime)));
        if (time is { } own) WriteInt64(output, own.ToUnixTimeMilliseconds());
        switch (value.Kind)
        {
            case VariantKind.Boolean: WriteByte(output, value.AsBoolean() ? (byte)1 : (byte)0); break;
            case VariantKind.Integer: WriteInt64(output, value.AsInteger()); break;
            case VariantKind.UnsignedInteger: WriteInt64(output, unchecked((long)value.AsUnsignedInteger())); break;
            case VariantKind.Number: WriteInt64(output, BitConverter.DoubleToInt64Bits(value.AsNumber())); break;
            case VariantKind.Text: WriteText(output, value.AsText()); break;
            case VariantKind.Bytes:
                WriteInt32(output, value.AsBytes().Length);
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

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        WriteInt32(output, length);
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }
}
