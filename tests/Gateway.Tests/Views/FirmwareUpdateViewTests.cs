using BridgeFramework.IotHub;
using BridgeFramework.Runtime;

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

    [Theory]
    [InlineData(-60, 0)]
    [InlineData(2, 2)]
    public void An_order_is_never_younger_than_now_whatever_became_of_the_clock(int days, int age)
    {
        var ordered = new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
        var update = new FirmwareUpdateStatus
        {
            Id = SubDeviceId.Parse("P/a"),
            Channel = "line1",
            Version = "2.0.0",
            Phase = UpdatePhase.Downloading,
            Size = 1,
            Bytes = 0,
            CreatedAt = ordered,
            Failures = 0,
            Result = FirmwareResultCode.Success,
            IsReported = false,
        };

        Assert.Equal(TimeSpan.FromDays(age), FirmwareUpdateView.Of(update, ordered.AddDays(days)).Age);
    }
}
