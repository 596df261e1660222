using System.Text;

namespace BridgeFramework.Modbus.Tests;

public sealed class TextCodecTests
{
    [Theory]
    [InlineData("ABCD", "41423132000000", "AB12")]
    [InlineData("BADC", "42413231", "AB12")]
    [InlineData("ABCD", "41422020", "AB")]
    [InlineData("ABCD", "00004142", "")]
    public void Text_ends_at_the_first_nul_without_trailing_blanks(string order, string wire, string text)
    {
        Assert.Equal(Quality.Good, new TextCodec(Encoding.ASCII, order).Decode(Convert.FromHexString(wire), out var value));
        Assert.Equal(text, value.AsText());
    }

    [Fact]
    public void Chinese_text_in_gbk_comes_back()
    {
        var codec = new TextCodec(TextEncoding.Gbk.ToEncoding(), "ABCD");
        var wire = new byte[8];
        Assert.Null(codec.Encode(Variant.From("电表"), wire));
        Assert.Equal("B5E7B1ED00000000", Convert.ToHexString(wire));
        codec.Decode(wire, out var value);
        Assert.Equal("电表", value.AsText());
    }

    [Fact]
    public void Text_that_is_too_long_is_refused() =>
        Assert.Equal("\"12345\" is too long: at most 4 bytes in us-ascii.", new TextCodec(Encoding.ASCII, "ABCD").Encode(
            Variant.From("12345"), new byte[4]));
}
