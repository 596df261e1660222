using System.Text.Json;
using CsCheck;

namespace BridgeFramework.Abstractions.Tests;

public sealed class DurationJsonConverterTests
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new DurationJsonConverter() } };

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1s", 1_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("10m", 600_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("0s", 0)]
    public void A_duration_is_a_number_and_a_unit(string text, double milliseconds)
    {
        Assert.True(DurationJsonConverter.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
        Assert.Equal(duration, JsonSerializer.Deserialize<TimeSpan>($"\"{text}\"", Options));
    }

    [Fact]
    public void What_is_written_is_read_again() =>
        Gen.Long[0, 10_000L * 24 * 3600 * 1000].Sample(milliseconds =>
        {
            var duration = TimeSpan.FromMilliseconds(milliseconds);
            return DurationJsonConverter.TryParse(DurationJsonConverter.Format(duration), out var again) && again == duration;
        });

    [Theory]
    [InlineData(90_000, "\"90s\"")]
    [InlineData(3_600_000, "\"1h\"")]
    [InlineData(1, "\"1ms\"")]
    [InlineData(0, "\"0ms\"")]
    public void It_is_written_in_the_largest_unit_without_a_fraction(double milliseconds, string json) =>
        Assert.Equal(json, JsonSerializer.Serialize(TimeSpan.FromMilliseconds(milliseconds), Options));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1,5s")]
    [InlineData("1.2.3s")]
    [InlineData("1S")]
    [InlineData("1min")]
    [InlineData("00:00:01")]
    [InlineData("10001d")]
    [InlineData("99999999999999999999999999999999999999h")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationJsonConverter.TryParse(text, out _));

    [Fact]
    public void No_input_makes_it_throw() => Gen.String.Sample(text =>
    {
        if (DurationJsonConverter.TryParse(text, out var duration)) Assert.InRange(duration, TimeSpan.Zero, TimeSpan.FromDays(10_000));
    });

    [Theory]
    [InlineData("5")]
    [InlineData("\"soon\"")]
    [InlineData("null")]
    [InlineData("{}")]
    public void JSON_that_holds_none_is_refused_with_examples(string json) =>
        Assert.Contains("Expected a duration such as",
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TimeSpan>(json, Options)).Message, StringComparison.Ordinal);
}
