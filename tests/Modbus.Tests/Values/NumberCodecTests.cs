using System.Text.Json;
using CsCheck;

namespace BridgeFramework.Modbus.Tests;

public sealed class NumberCodecTests
{
    [Theory]
    [InlineData("ABCD", "42F6E979")]
    [InlineData("CDAB", "E97942F6")]
    [InlineData("DCBA", "79E9F642")]
    [InlineData("BADC", "F64279E9")]
    [InlineData("ACBD", "42E9F679")]
    public void A_float32_is_read_and_written_in_every_order(string order, string wire) =>
        Same($$"""{ "type": "float32", "order": "{{order}}" }""", wire, Variant.From(123.456));

    [Theory]
    [InlineData("ABCD", "405EDD2F1A9FBE77")]
    [InlineData("CDAB", "BE771A9FDD2F405E")]
    [InlineData("BADC", "5E402FDD9F1A77BE")]
    [InlineData("DCBA", "77BE9F1A2FDD5E40")]
    [InlineData("EFGHABCD", "1A9FBE77405EDD2F")]
    public void A_float64_is_read_and_written_in_every_order(string order, string wire) =>
        Same($$"""{ "type": "float64", "order": "{{order}}" }""", wire, Variant.From(123.456));

    [Theory]
    [InlineData("ABCD", "FFFFFEE08E04FB35")]
    [InlineData("CDAB", "FB358E04FEE0FFFF")]
    [InlineData("BADC", "FFFFE0FE048E35FB")]
    [InlineData("DCBA", "35FB048EE0FEFFFF")]
    public void An_int64_is_read_and_written_in_every_order(string order, string wire) =>
        Same($$"""{ "type": "int64", "order": "{{order}}" }""", wire, Variant.From(-1234567890123));

    [Theory]
    [InlineData("int16", "8000", -32768)]
    [InlineData("uint16", "FFFF", 65535)]
    [InlineData("int32", "FFFFFFFE", -2)]
    [InlineData("uint32", "FFFFFFFE", 4294967294)]
    [InlineData("bcd16", "1234", 1234)]
    [InlineData("bcd32", "12345678", 12345678)]
    public void Integers_stay_integers(string type, string wire, long value) =>
        Same($$"""{ "type": "{{type}}" }""", wire, Variant.From(value));

    [Fact]
    public void A_uint64_above_two_to_the_53_is_exact() =>
        Same("""{ "type": "uint64" }""", "FFFFFFFFFFFFFFFD", Variant.From(18446744073709551613UL));

    [Theory]
    [InlineData("0.1", "00EA", 23.4)]
    [InlineData("0.1", "FFFF", -0.1)]
    [InlineData("0.01", "FFE3", -0.29)]
    [InlineData("0.25", "0003", 0.75)]
    [InlineData("10", "0003", 30)]
    [InlineData("-0.1", "00EA", -23.4)]
    public void A_scaled_value_has_no_noise(string scale, string wire, double value) =>
        Same($$"""{ "type": "int16", "scale": {{scale}} }""", wire, Variant.From(value));

    [Fact]
    public void An_offset_is_added_after_scaling() => Same("""{ "type": "int16", "scale": 0.1, "offset": -40 }""", "0271", Variant.From(22.5));

    [Fact]
    public void A_half_is_rounded_away_from_zero()
    {
        Assert.Equal("0004", Encode("""{ "type": "int16", "scale": 0.1 }""", Variant.From(0.35)));
        Assert.Equal("FFFC", Encode("""{ "type": "int16", "scale": 0.1 }""", Variant.From(-0.35)));
    }

    [Theory]
    [InlineData("""{ "type": "float32" }""", "7FC00000")]
    [InlineData("""{ "type": "float32" }""", "7F800000")]
    [InlineData("""{ "type": "float64" }""", "FFF0000000000000")]
    [InlineData("""{ "type": "int16", "invalid": [-32768] }""", "8000")]
    [InlineData("""{ "type": "uint16", "invalid": ["0xFFFF"] }""", "FFFF")]
    [InlineData("""{ "type": "bcd16" }""", "12A4")]
    public void What_is_no_value_is_invalid(string at, string wire)
    {
        Assert.Equal(Quality.Invalid, Codec(at).Decode(Convert.FromHexString(wire), out var value));
        Assert.Equal(default, value);
    }

    [Theory]
    [InlineData("""{ "type": "int16", "scale": 0.1 }""", 3276.8, "3276.8 does not fit Int16: allowed -3276.8 to 3276.7.")]
    [InlineData("""{ "type": "uint16" }""", -1, "-1 does not fit Uint16: allowed 0 to 65535.")]
    [InlineData("""{ "type": "bcd16" }""", 10000, "10000 does not fit Bcd16: allowed 0 to 9999.")]
    [InlineData("""{ "type": "int64" }""", 1e300, "1E+300 does not fit Int64: allowed -9223372036854775808 to 9223372036854775807.")]
    [InlineData("""{ "type": "float32" }""", 1e300, "1E+300 does not fit Float32: allowed -3.4e38 to 3.4e38 before scaling.")]
    public void A_value_out_of_range_is_refused_and_never_wrapped(string at, double value, string refusal) =>
        Assert.Equal(refusal, Codec(at).Encode(Variant.From(value), new byte[8]));

    [Fact]
    public void Any_int32_in_any_order_comes_back() =>
        Gen.Select(Gen.Int, Gen.Shuffle<char>("ABCD".ToCharArray())).Sample((value, letters) =>
        {
            var codec = Codec($$"""{ "type": "int32", "order": "{{string.Concat(letters)}}" }""");
            var wire = new byte[4];
            return codec.Encode(Variant.From(value), wire) is null
                && codec.Decode(wire, out var back) == Quality.Good && back == Variant.From(value);
        });

    [Fact]
    public void Any_float32_comes_back() =>
        Gen.Single.Where(float.IsFinite).Sample(value =>
        {
            var codec = Codec("""{ "type": "float32" }""");
            var wire = new byte[4];
            return codec.Encode(Variant.From(value), wire) is null
                && codec.Decode(wire, out var back) == Quality.Good && (float)back.AsNumber() == value;
        });

    [Fact]
    public void Any_scaled_register_comes_back() =>
        Gen.Select(Gen.Short, Gen.OneOf<string>("0.1", "0.01", "0.001", "0.5", "3", "-0.2")).Sample((raw, scale) =>
        {
            var codec = Codec($$"""{ "type": "int16", "scale": {{scale}} }""");
            byte[] wire = [(byte)(raw >> 8), (byte)raw];
            var again = new byte[2];
            codec.Decode(wire, out var value);
            return codec.Encode(value, again) is null && again.AsSpan().SequenceEqual(wire);
        });

    private static void Same(string at, string wire, Variant value)
    {
        Assert.Equal(Quality.Good, Codec(at).Decode(Convert.FromHexString(wire), out var read));
        Assert.Equal(value, read);
        Assert.Equal(wire, Encode(at, value));
    }

    private static string Encode(string at, Variant value)
    {
        var point = Point(at);
        var wire = new byte[2 * point.Count];
        Assert.Null(MappedPoint.CodecOf(point).Encode(value, wire));
        return Convert.ToHexString(wire);
    }

    private static PointCodec Codec(string at) => MappedPoint.CodecOf(Point(at));

    private static ModbusPoint Point(string at) =>
        JsonSerializer.Deserialize($$"""{ "table": "holding", "address": 0, {{at[1..]}}""", ModbusJson.Default.ModbusPoint)
        ?? throw new JsonException();
}
