namespace BridgeFramework.Testing.Tests;

/// <summary>What the gateway refuses, a driver's own tests see refused.</summary>
public sealed class InMemoryChannelTests
{
    private static readonly SubDevice Meter = TestDevice.Create(
        "TESTPROD01/meter", new { }, TestDevice.Point("voltage", new { }), TestDevice.Point("note", new { }));
    private readonly InMemoryChannel _channel = new(Meter);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_that_is_too_long_is_refused()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(
            async () => await _channel.ReportAsync(
                Meter, new[] { new PointValue(Meter.Points[1], Variant.From(new string('a', (16 * 1024) + 1))) }, Token));

        Assert.Contains("'note'", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_channel.Reports.ToList());
    }

    [Fact]
    public async Task A_good_sample_without_a_value_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await _channel.ReportAsync(Meter, new[] { new PointValue(Meter.Points[0], Quality.Good) }, Token));

    [Fact]
    public async Task An_event_with_too_much_data_is_refused()
    {
        var data = Enumerable.Range(0, 257).ToDictionary(number => $"d{number}", number => Variant.From(number), StringComparer.Ordinal);

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await _channel.ReportEventAsync(Meter, new DeviceEvent { Name = "full", Data = data }, Token));
    }

    [Fact]
    public void A_presence_that_does_not_exist_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _channel.SetPresence(Meter, (Presence)55));
}
