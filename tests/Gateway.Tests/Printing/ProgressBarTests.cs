namespace BridgeFramework.Gateway.Tests;

public sealed class ProgressBarTests
{
    [Theory]
    [InlineData(0, "[--------------------]   0 %")]
    [InlineData(4, "[--------------------]   4 %")]
    [InlineData(5, "[#-------------------]   5 %")]
    [InlineData(40, "[########------------]  40 %")]
    [InlineData(99, "[###################-]  99 %")]
    [InlineData(100, "[####################] 100 %")]
    [InlineData(-1, "[--------------------]   0 %")]
    [InlineData(101, "[####################] 100 %")]
    public void A_bar_has_one_width_and_is_full_only_at_the_end(int percent, string bar) => Assert.Equal(bar, ProgressBar.Of(percent));

    [Theory]
    [InlineData(0, 1000, 0)]
    [InlineData(9, 1000, 0)]
    [InlineData(10, 1000, 1)]
    [InlineData(999, 1000, 99)]
    [InlineData(1000, 1000, 100)]
    [InlineData(1001, 1000, 100)]
    [InlineData(-1, 1000, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, -1, 0)]
    [InlineData(long.MaxValue - 1, long.MaxValue, 99)]
    public void Percent_are_rounded_down_and_stay_within_bounds(long bytes, long size, int percent) => Assert.Equal(percent, ProgressBar.Percent(bytes, size));
}
