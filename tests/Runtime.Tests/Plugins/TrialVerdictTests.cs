namespace BridgeFramework.Runtime.Tests;

public sealed class TrialVerdictTests
{
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(60);
    private static readonly SubDeviceId Meter = SubDeviceId.Parse("SUBPROD001/meter");

    [Theory]
    // What was read in time and is read again.
    [InlineData("1s good now", "1s good now", null)]
    [InlineData("1s good now, 1s bad now", "1s good now, 1s bad now", null)]
    [InlineData("1s bad now", "1s good now", null)]
    // What was good and is not any more.
    [InlineData("1s good now", "1s bad now", "0 of 1 points have a good value, and 1 had one before")]
    [InlineData("1s good now, 1s good now", "1s good now, 1s bad now", "1 of 2 points have a good value, and 2 had one before")]
    [InlineData("1s good now", "1s - never", "0 of 1 points have a good value, and 1 had one before")]
    // One for another: the share counts.
    [InlineData("1s good now, 1s bad now", "1s bad now, 1s good now", null)]
    // What need not have come again yet proves nothing by its silence, but does by a bad value.
    [InlineData("5m good now", "5m - never", null)]
    [InlineData("5m good now", "5m bad now", "0 of 1 points have a good value, and 1 had one before")]
    // A listener's point, heard of long ago although wanted every second.
    [InlineData("1s good ago", "1s - never", null)]
    [InlineData("1s good ago, 1s good now", "1s - never, 1s good now", null)]
    [InlineData("1s - never", "1s bad now", null)]
    [InlineData("", "", null)]
    public void A_version_passes_where_no_fewer_points_are_good_of_those_that_can_be_expected(string before, string after, string? loss)
    {
        var time = new WatchedTime();
        long longAgo = time.GetTimestamp();
        time.Advance(TimeSpan.FromMinutes(10));
        long now = time.GetTimestamp();

        var held = new HeldChannel(ChannelBench.Configuration(), now, Points(before));
        Assert.Equal(loss, TrialVerdict.FindLoss(held, Points(after), Trial, time));

        IReadOnlyList<PointHealth> Points(string text) =>
            [.. text.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select((point, i) => Point($"p{i}", point.Split(' ')))];

        PointHealth Point(string name, string[] words) => new(
            Meter,
            name,
            words[0] == "1s" ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(5),
            words[2] switch { "now" => now, "ago" => longAgo, _ => null },
            words[1] == "good");
    }

    [Fact]
    public void A_point_that_is_not_there_any_more_is_lost()
    {
        var time = new WatchedTime();
        var point = new PointHealth(Meter, "voltage", TimeSpan.FromSeconds(1), time.GetTimestamp(), IsGood: true);
        Assert.NotNull(TrialVerdict.FindLoss(new HeldChannel(ChannelBench.Configuration(), time.GetTimestamp(), [point]), [], Trial, time));
    }
}
