using BridgeFramework.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Modbus.Tests;

/// <summary>A driver at work on an in-memory channel against a server.</summary>
internal sealed class RunningDriver : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ModbusDriver _driver;
    private readonly Task _run;

    private RunningDriver(ModbusChannelSettings settings, TimeProvider time, IReadOnlyList<SubDevice> devices)
    {
        Channel = new InMemoryChannel(devices);
        _driver = new ModbusDriver(settings, time, Logger);
        _run = _driver.RunAsync(Channel, _stopping.Token);
    }

    public InMemoryChannel Channel { get; }

    public FakeLogger<ModbusDriver> Logger { get; } = new();

    public static RunningDriver Start(int port, params IReadOnlyList<SubDevice> devices) =>
        Start(new ModbusChannelSettings { Host = "127.0.0.1", Port = port }, TimeProvider.System, devices);

    public static RunningDriver Start(ModbusChannelSettings settings, TimeProvider time, params IReadOnlyList<SubDevice> devices) =>
        new(settings, time, devices);

    /// <summary>Makes a sub-device of unit 1 from the JSON of its points.</summary>
    public static SubDevice Device(string points, string settings = "{}", string id = "PROD/m1") =>
        TestDevice.FromJson(
            $$"""{ "id": "{{id}}", "interval": "50ms", "settings": {{settings}}, "points": {{points}} }""",
            ModbusJson.Default.ModbusDeviceSettings,
            ModbusJson.Default.ModbusPoint);

    public async Task<PointResult> WriteAsync(SubDevice device, string point, Variant value, CancellationToken cancellationToken)
    {
        var definition = device.Points.Single(p => string.Equals(p.Name, point, StringComparison.Ordinal));
        var result = await _driver.ExecuteAsync(
            device, new WritePoints { Id = "1", Writes = [new PointWrite { Point = definition, Value = value }] }, cancellationToken);
        return Assert.Single(result.Points);
    }

    /// <summary>Changes a sub-device as the gateway does.</summary>
    public async Task ApplyAsync(SubDevice? before, SubDevice? after) =>
        await Channel.ApplyAsync(
            _driver, new DeviceChange { Before = before, After = after }, TestContext.Current.CancellationToken);

    public Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken) =>
        _driver.ExecuteAsync(device, command, cancellationToken);

    public Task UpdateAsync(SubDevice device, IFirmwareImage image, IProgress<FirmwareProgress> progress,
        CancellationToken cancellationToken) =>
        _driver.UpdateAsync(device, image, progress, cancellationToken);

    public Task<FirmwareStatus> QueryAsync(SubDevice device, CancellationToken cancellationToken) =>
        _driver.QueryAsync(device, cancellationToken);

    /// <summary>Tells it to stop; <see cref="DisposeAsync"/> waits until it has.</summary>
    public void TellToStop() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run);
        await _driver.DisposeAsync();
        _stopping.Dispose();
    }
}
