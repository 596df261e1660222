using BridgeFramework.Modbus;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Interop;

/// <summary>The Modbus driver at work on an in-memory channel, with one sub-device that has the points asked for.</summary>
internal sealed class DriverUnderTest : IAsyncDisposable
{
    // A guard: how long a report may be waited for before the test says that it did not come.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ModbusDriver _driver;
    private readonly Task _running;

    private DriverUnderTest(int port, SubDevice device)
    {
        Device = device;
        Channel = new InMemoryChannel(device);
        _driver = new ModbusDriver(
            new ModbusChannelSettings { Host = "127.0.0.1", Port = port }, TimeProvider.System, new FakeLogger<ModbusDriver>());
        _running = _driver.RunAsync(Channel, _stopping.Token);
    }

    public SubDevice Device { get; }

    public InMemoryChannel Channel { get; }

    /// <summary>Starts the driver.</summary>
    /// <param name="port">The slave's port on loopback.</param>
    /// <param name="points">Each point's name and the JSON of its <c>at</c>.</param>
    public static DriverUnderTest Start(int port, IEnumerable<(string Name, string At)> points)
    {
        string all = string.Join(",\n", points.Select(point => $$"""  "{{point.Name}}": { "at": {{point.At}}, "access": "readWrite" }"""));
        return new DriverUnderTest(port, TestDevice.FromJson(
            $$"""{ "id": "SUBPROD001/test1", "interval": "100ms", "settings": { "unitId": 1 }, "points": { {{all}} } }""",
            ModbusJson.Default.ModbusDeviceSettings,
            ModbusJson.Default.ModbusPoint));
    }

    /// <summary>Waits for every point to have been reported and gives the newest value of each.</summary>
    public async Task<IReadOnlyDictionary<string, PointValue>> ReadAllAsync()
    {
        var values = new Dictionary<string, PointValue>(StringComparer.Ordinal);
        int from = Channel.Reports.Count;
        while (values.Count < Device.Points.Count)
        {
            int next = from++;
            var report = await WithinPatienceAsync(token => Channel.Reports.WaitAsync(_ => true, token, next), "the next report");
            foreach (var value in report.Values) values[value.Point.Name] = value;
        }

        return values;
    }

    /// <summary>Writes one point and expects it done.</summary>
    public async Task WriteAsync(string point, Variant value)
    {
        var definition = Device.Points.Single(candidate => string.Equals(candidate.Name, point, StringComparison.Ordinal));
        var command = new WritePoints { Id = point, Writes = [new PointWrite { Point = definition, Value = value }] };
        var result = await _driver.ExecuteAsync(Device, command, TestContext.Current.CancellationToken);
        var outcome = Assert.Single(result.Points);
        Assert.True(outcome.Outcome == CommandOutcome.Done, $"{point}: {outcome.Outcome}, {outcome.Reason}");
    }

    /// <summary>Waits, but not for ever.</summary>
    public static async Task<T> WithinPatienceAsync<T>(Func<CancellationToken, Task<T>> step, string description)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(Patience);
        try
        {
            return await step(guard.Token);
        }
        catch (OperationCanceledException late) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {description}.", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        await _driver.DisposeAsync();
        _stopping.Dispose();
    }
}
