using CsCheck;

namespace BridgeFramework.Abstractions.Tests;

public sealed class SubDeviceIdTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        var product = Gen.String[Gen.Char["abcXYZ0189"], 1, 32];
        var name = Gen.String[Gen.Char["abcXYZ0189:_-"], 1, 48];
        Gen.Select(product, name).Sample((p, n) =>
        {
            var id = SubDeviceId.Parse($"{p}/{n}");
            return id.ProductId.Equals(p, StringComparison.Ordinal)
                && id.DeviceName.Equals(n, StringComparison.Ordinal)
                && SubDeviceId.Parse(id.ToString()) == id;
        });
    }

    [Fact]
    public void No_input_makes_it_throw() => Gen.String.Sample(text =>
    {
        if (SubDeviceId.TryParse(text, out var id)) Assert.Equal(text, id.ToString());
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("SUBPROD001")]
    [InlineData("/m1")]
    [InlineData("SUBPROD001/")]
    [InlineData("SUBPROD001/m1/x")]
    [InlineData("SUB-PROD/m1")]
    [InlineData("SUBPROD001/m 1")]
    [InlineData("SUBPROD001/m.1")]
    [InlineData("SUBPROD001/ü")]
    [InlineData("012345678901234567890123456789012/m1")]
    [InlineData("SUBPROD001/0123456789012345678901234567890123456789012345678")]
    public void What_is_no_id_is_refused(string? text) => Assert.False(SubDeviceId.TryParse(text, out _));

    [Fact]
    public void A_refusal_quotes_the_text_and_says_what_is_expected_but_does_not_repeat_a_long_one()
    {
        var wrong = Assert.Throws<FormatException>(() => SubDeviceId.Parse("meter 1"));
        Assert.Equal("'meter 1' is no sub-device id: expected productId/deviceName, such as SUBPROD001/meter-1.", wrong.Message);
        Assert.True(Assert.Throws<FormatException>(() => SubDeviceId.Parse(new string('x', 10_000))).Message.Length < 250);
    }
}
