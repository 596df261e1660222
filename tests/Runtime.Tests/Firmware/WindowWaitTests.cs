using BridgeFramework.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class WindowWaitTests
{
    [Fact]
    public async Task A_window_opens_by_the_clock_of_the_box()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("box", TimeSpan.FromHours(8), "box", "box")); // it is 20:00 there
        Assert.True(MaintenanceWindow.TryParse("22:30-04:00", out var window));
        var waiting = WindowWait.UntilOpenAsync(window, time, CancellationToken.None);

        time.Advance(TimeSpan.FromMinutes(149));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(2));
        await Step.Of("the window is open", _ => waiting);
        Assert.True(window.Contains(new TimeOnly(3, 59)));
        Assert.False(window.Contains(new TimeOnly(4, 0)));
        Assert.True(WindowWait.UntilOpenAsync(null, time, CancellationToken.None).IsCompleted);
    }
}
