namespace BridgeFramework.Runtime.Tests;

public sealed class SlowRetryTests
{
    [Theory]
    [InlineData(1, 0, 10)]
    [InlineData(1, 1, 15)]
    [InlineData(2, 0, 20)]
    [InlineData(2, 1, 30)]
    [InlineData(3, 0, 40)]
    [InlineData(3, 1, 60)]
    [InlineData(int.MaxValue, 0, 40)]
    [InlineData(int.MaxValue, 1, 60)]
    public void It_is_10_to_60_minutes_and_rolls_the_dice_below_the_longest(int times, double dice, double minutes) =>
        Assert.Equal(minutes, SlowRetry.After(times, dice).TotalMinutes, tolerance: 1e-9);
}
