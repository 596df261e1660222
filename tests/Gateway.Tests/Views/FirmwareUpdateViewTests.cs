namespace BridgeFramework.Gateway.Tests;

public sealed class FirmwareUpdateViewTests
{
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
    public void Percent_are_rounded_down_and_stay_within_bounds(long bytes, long size, int percent) =>
        Assert.Equal(percent, FirmwareUpdateView.PercentOf(bytes, size));
}
