using System.Collections.Concurrent;
using BridgeFramework.DeviceSimulators;
using BridgeFramework.Testing;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Modbus.Tests;

/// <summary>A driver with two simulated units behind one port: unit 1 takes firmware, unit 2 does not. One fake clock for all.</summary>
internal sealed class FirmwareScene : IAsyncDisposable, IProgress<FirmwareProgress>
{
    private const string Points = """{ "x": { "at": { "table": "holding", "address": 0 }, "interval": "1s" } }""";
    // Sockets are real, time is not: an answer that is on its way must come long before its deadline, 2 s.
    private static readonly TimeSpan WaitingStep = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan IdleStep = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentQueue<FirmwareProgress> _progress = new();

    private FirmwareScene(FirmwareOptions? options, string section)
    {
        Slave = ModbusSlave.Start(new ModbusSlaveOptions { Time = Time });
        Slave.AddUnit(1).Holding.SetUInt16(0, 11);
        Slave.AddUnit(2).Holding.SetUInt16(0, 22);
        if (options is not null) Slave[1].AddFirmware(options);
        Device = RunningDriver.Device(Points, $$"""{ "unitId": 1{{section}} }""");
        Neighbour = RunningDriver.Device(Points, """{ "unitId": 2 }""", "PROD/m2");
        Driver = RunningDriver.Start(
            new ModbusChannelSettings { Host = "127.0.0.1", Port = Slave.Port, ResponseTimeout = TimeSpan.FromSeconds(2) }, Time, Device,
                Neighbour);
    }

    public FakeTimeProvider Time { get; } = new();

    public ModbusSlave Slave { get; }

    public FirmwareSlot Slot => Slave[1].Firmware ?? throw new InvalidOperationException("The unit takes no firmware.");

    public SubDevice Device { get; }

    public SubDevice Neighbour { get; }

    public RunningDriver Driver { get; }

    public IReadOnlyList<FirmwareProgress> Progress => [.. _progress];

    /// <summary>Starts with both units present.</summary>
    public static async Task<FirmwareScene> StartAsync(
        FirmwareFault? fault = null, FirmwareOptions? options = null, string section = """, "firmware": {}""")
    {
        var scene = new FirmwareScene(
            (options ?? new FirmwareOptions { VerifySeconds = 0.3, RebootSeconds = 3 }) with { Fault = fault }, section);
        await scene.BothPresentAsync();
        return scene;
    }

    /// <summary>Starts with a unit that has no control window.</summary>
    public static async Task<FirmwareScene> StartWithoutWindowAsync(string section)
    {
        var scene = new FirmwareScene(null, section);
        await scene.BothPresentAsync();
        return scene;
    }

    public static InMemoryFirmwareImage Image(int size, string version = "2.0.0")
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return new InMemoryFirmwareImage(version, bytes);
    }

    /// <summary>Updates unit 1 and lets time pass until that has ended, well or not.</summary>
    public Task UpdateAsync(IFirmwareImage image, CancellationToken? cancellationToken = null) =>
        PassAsync(Driver.UpdateAsync(Device, image, this, cancellationToken ?? TestContext.Current.CancellationToken), "the update ends");

    /// <summary>Lets time pass until something has happened.</summary>
    public async Task PassAsync(Task until, string missing)
    {
        for (int i = 0; i < 20_000 && !until.IsCompleted; i++)
        {
            var frames = Driver.Channel.Frames.ToList();
            Time.Advance(frames is [.., { Direction: FrameDirection.Sent }] ? WaitingStep : IdleStep);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await until.OrFail(missing);
    }

    /// <summary>Lets time pass until the slave was sent so many blocks of an image.</summary>
    public Task BlocksAsync(int count) => PassAsync(CountAsync(count), $"{count} blocks");

    /// <summary>Lets time pass until the unit was given a command.</summary>
    public Task CommandAsync(WindowCommand command) => PassAsync(GivenAsync(command), $"the command {command}");

    public void Report(FirmwareProgress value) => _progress.Enqueue(value);

    public async ValueTask DisposeAsync()
    {
        // It waits for what it has asked, and a unit that is silent answers nothing.
        var ended = Driver.DisposeAsync().AsTask();
        await PassAsync(ended, "the driver ends");
        await ended;
        await Slave.DisposeAsync();
    }

    private async Task CountAsync(int count)
    {
        await foreach (var request in Slave.Requests.ReadAllAsync(TestContext.Current.CancellationToken))
            if (request.FunctionCode == (byte)FunctionCode.WriteFileRecord && --count == 0) return;
    }

    private async Task GivenAsync(WindowCommand command)
    {
        await foreach (var write in Slave.Writes.ReadAllAsync(TestContext.Current.CancellationToken))
            if (write.Unit == 1 && write.Values[0] == (ushort)command) return;
    }

    private async Task BothPresentAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        await PassAsync(Driver.Channel.WaitForPresenceAsync(Device, Presence.Present, ct), "unit 1 is present");
        await PassAsync(Driver.Channel.WaitForPresenceAsync(Neighbour, Presence.Present, ct), "unit 2 is present");
    }
}
