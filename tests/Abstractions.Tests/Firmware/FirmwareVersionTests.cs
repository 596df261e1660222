namespace BridgeFramework.Abstractions.Tests;

public sealed class FirmwareVersionTests
{
    [Theory]
    [InlineData("1")]
    [InlineData("1.0.0-beta_2")]
    [InlineData("V2")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz32")]
    public void A_version_begins_with_a_letter_or_digit(string text) => Assert.True(FirmwareVersion.IsValid(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("--force")]
    [InlineData("-1")]
    [InlineData(".5")]
    [InlineData("_a")]
    [InlineData("1 0")]
    [InlineData("1/0")]
    [InlineData("é1")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz33")]
    public void What_a_program_could_take_for_an_option_is_none(string? text) => Assert.False(FirmwareVersion.IsValid(text));
}
