using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Gateway.Tests;

public sealed class OperatorLogFormatterTests
{
    [Theory]
    [InlineData(8, "2026-11-30T11:16:28.000+08:00")]
    [InlineData(0, "2026-11-30T03:16:28.000+00:00")]
    [InlineData(-3.5, "2026-11-29T23:46:28.000-03:30")]
    public void A_line_says_how_far_its_clock_is_from_utc(double hours, string time)
    {
        var clock = new WatchedTime(new DateTimeOffset(2026, 11, 30, 3, 16, 28, TimeSpan.Zero));
        clock.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("box", TimeSpan.FromHours(hours), "box", "box"));
        using var output = new StringWriter { NewLine = "\n" };

        new OperatorLogFormatter(clock).Write(
            new LogEntry<string>(LogLevel.Warning, "Some.Where", 1, "It rains.", null, (state, _) => state), null, output);

        Assert.Equal($"{time} warn  Where: It rains.\n", output.ToString());
    }

    [Fact]
    public void A_line_has_a_bound_and_says_how_much_is_left_out()
    {
        using var output = new StringWriter { NewLine = "\n" };

        new OperatorLogFormatter(new WatchedTime(DateTimeOffset.UnixEpoch)).Write(
            new LogEntry<string>(
                LogLevel.Error, "A", 1, new string('x', 1_000_000), new IOException(new string('y', 1_000_000)), (state, _) => state),
            null,
            output);

        Assert.InRange(output.ToString().Length, 8192, 8400);
        Assert.Matches("x… \\([0-9]+ characters more\\)\n  System.IO.IOException: y+… \\([0-9]+ characters more\\)\n$", output.ToString());
    }

    /// <summary>What a driver throws or a device sends neither steers the terminal nor looks like a line of the log.</summary>
    [Theory]
    [InlineData(LogLevel.Warning)]
    [InlineData(LogLevel.Error)]
    public void A_text_of_others_begins_no_line_and_steers_nothing(LogLevel level)
    {
        const string forged = "\u009b2Jgone\r\n2026-11-30T03:16:28.000+00:00 info  Gateway: All is well\u202e.";
        using var output = new StringWriter { NewLine = "\n" };

        new OperatorLogFormatter(new WatchedTime(DateTimeOffset.UnixEpoch)).Write(
            new LogEntry<string>(level, "a.Driver\n2026", 1, forged[..20], new IOException(forged), (state, _) => state), null, output);

        string[] lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.StartsWith("1970-01-01T", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.StartsWith("  ", line, StringComparison.Ordinal));
        Assert.DoesNotContain(output.ToString(), c => c is '\u009b' or '\u202e' or '\r');
    }
}
