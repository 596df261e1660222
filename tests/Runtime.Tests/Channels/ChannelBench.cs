using System.Text.Json;
using System.Threading.Channels;
using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.Outbox;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>One supervised channel with a scripted driver and a fake clock.</summary>
internal sealed class ChannelBench : IAsyncDisposable
{
    public static readonly SubDeviceId Meter = SubDeviceId.Parse("SUBPROD001/meter");

    /// <summary>How long the engine waits for a driver. Whether it arms a timer for that depends on how quick the driver is.</summary>
    private static readonly TimeSpan PluginDeadline = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly LoggerFactory _loggers;
    private readonly FileChannelStore _store = new(new PrivateFolder(Path.Combine(Path.GetTempPath(), "bridge-never-written")));
    private readonly Channel<(Presence Presence, string? Reason)> _presences = Channel.CreateUnbounded<(Presence, string?)>();
    private readonly Channel<TimeSpan> _rests = Channel.CreateUnbounded<TimeSpan>();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _timers;
    private Task _running = Task.CompletedTask;

    public ChannelBench(string settings = "{}", bool withDriver = true)
    {
        _loggers = new LoggerFactory([Log]);
        if (withDriver) Script.AddTo(Drivers);
        Supervisor = new ChannelSupervisor(
            Configuration(settings), Drivers, _store,
            new UplinkIntake(Outbox, TestUplink.Clock(Time), Configuration(settings).Devices, TestUplink.BadInterval, Time),
            (_, presence, reason) => _presences.Writer.TryWrite((presence, reason)), (_, _) => { }, Time, _loggers);
        _timers = SortTimersAsync();
    }

    public WatchedTime Time { get; } = new();
    public DriverScript Script { get; } = new();
    public DriverCatalog Drivers { get; } = new();
    public LogWatch Log { get; } = new();
    public LaneOutbox Outbox { get; } = TestUplink.Outbox();
    public ChannelSupervisor Supervisor { get; }
    public ChannelPairing Pairing => new(Supervisor.Plan, Supervisor.Standing, Time, _loggers.CreateLogger<ChannelPairing>());

    /// <summary>Its sub-devices, as a router of commands has them.</summary>
    public IEnumerable<CommandRoute> Routes =>
        Supervisor.Plan.Devices.Select(device => CommandRoute.Of(device, Supervisor.Entrance));

    public ChannelStatus Status => Supervisor.Standing.Status;

    public static ChannelPlan Configuration(string settings = "{}", string name = "line1", string driver = "scripted",
        SubDeviceId? device = null) => new()
        {
            Name = name,
            Driver = driver,
            Settings = Json(settings),
            Devices =
        [
            new SubDevicePlan
            {
                Id = device ?? Meter,
                Settings = Json("{}"),
                Points =
                [
                    new PointPlan { Name = "voltage", At = Json("{}") },
                    new PointPlan { Name = "setpoint", At = Json("{}"), Access = PointAccess.ReadWrite },
                    new PointPlan { Name = "mode", At = Json("{}"), Access = PointAccess.Write, Type = VariantKind.Text },
                ],
            },
        ],
        };

    public ChannelBench Start()
    {
        _running = Supervisor.RunAsync(_stop.Token);
        return this;
    }

    /// <summary>Whether time passes whenever the engine waits for the driver.</summary>
    public bool DriverTimeIsUp { get; set; }

    /// <summary>Waits for the back-off after a fault.</summary>
    public Task<TimeSpan> Rests() => Step.Of("the channel rests", ct => _rests.Reader.ReadAsync(ct).AsTask(), Log);

    public Task<(Presence Presence, string? Reason)> NextPresence() =>
        Step.Of("presence is told", ct => _presences.Reader.ReadAsync(ct).AsTask(), Log);

    public bool HasPresence => _presences.Reader.TryPeek(out _);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Step.Of("the channel stops", _running.WaitAsync, Log);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _end.CancelAsync();
        await _timers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
        _store.Dispose();
        await Outbox.DisposeAsync();
        _loggers.Dispose();
        Log.Dispose();
        _stop.Dispose();
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private async Task SortTimersAsync()
    {
        await foreach (var armed in Time.TimerArmed.ReadAllAsync(_end.Token))
        {
            if (armed != PluginDeadline) _rests.Writer.TryWrite(armed);
            else if (DriverTimeIsUp) Time.Advance(PluginDeadline);
        }
    }
}
