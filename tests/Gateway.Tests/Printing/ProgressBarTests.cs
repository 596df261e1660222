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
}
