using System.Text.Json;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using BridgeFramework.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Benchmarks;

/// <summary>The whole way of a value through the gateway: report, record, outbox, turn, JSON, session, acknowledgement.</summary>
internal sealed class EngineContender : Contender, IUplinkPublisher
{
    private const int Devices = 64;
    private const int Outstanding = 4 * WindowedContender.Window;

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _room = new(Outstanding);
    private readonly LaneOutbox _outbox = LaneOutbox.InMemory(new OutboxOptions(), TimeProvider.System);
    private readonly UplinkIntake _intake;
    private readonly UplinkSource[] _sources;
    private readonly HubSession _session;
    private readonly PointValue[] _values;
    private readonly Task _running;
    private long _acknowledged;

    private EngineContender(int port)
    {
        _session = new HubSession(SessionContender.OptionsOf(port), TimeProvider.System, NullLogger<HubSession>.Instance);
        SubDevicePlan[] devices = [.. Enumerable.Range(0, Devices)
            .Select(i => new SubDevicePlan { Id = SubDeviceId.Parse(LaneOf(i)), Settings = JsonElement.Parse("{}") })];
        var clock = new BootTimes(file: null, "boot", _session.Time, NullLogger<BootTimes>.Instance);
        _intake = new UplinkIntake(_outbox, clock, devices, new UplinkSettings().BadInterval, TimeProvider.System);
        _sources = [.. devices.Select(device => _intake.SourceOf(device.Id))];
        // Nine points make about the 200 bytes of JSON that the other side publishes ready-made.
        _values = [.. Enumerable.Range(0, 9)
            .Select(i => new PointValue(new PointDefinition { Name = $"point{i}", At = i }, Variant.From(230.5 + i)))];
        var routes = new UplinkRoutes(clock.TimeOf).Of(devices.Select(device => (device.Id, device.Profile)));
        var pump = new UplinkPump(
            _outbox, this, routes.GetValueOrDefault, WindowedContender.Window, liveShare: 70, TimeProvider.System,
                NullLogger<UplinkPump>.Instance);
        for (int i = 0; i < Devices; i++) _outbox.Open(LaneOf(i));
        _running = Task.WhenAll(_session.RunAsync(_stopping.Token), pump.RunAsync(_stopping.Token));
    }

    public override string Name => $"the gateway: ReportAsync of 9 points to PUBACK, {Devices} sub-devices, same window";

    public static async Task<EngineContender> ConnectAsync(int port)
    {
        var contender = new EngineContender(port);
        await foreach (var status in contender._session.WatchAsync(CancellationToken.None))
            if (status.IsOnline) break;
        return contender;
    }

    public override async Task<long> RunAsync(Round round)
    {
        long before = Interlocked.Read(ref _acknowledged);
        for (int i = 0; !round.IsOver; i++)
        {
            await _room.WaitAsync();
            await _intake.ReportAsync(_sources[i % Devices], _values, CancellationToken.None);
        }

        for (int i = 0; i < Outstanding; i++) await _room.WaitAsync();
        _room.Release(Outstanding);
        return Interlocked.Read(ref _acknowledged) - before;
    }

    public async Task<bool> PublishNextAsync(Func<HubPublish?> make, PublishPriority priority, CancellationToken cancellationToken)
    {
        if (!await _session.PublishNextAsync(priority, make, cancellationToken)) return false;
        Interlocked.Increment(ref _acknowledged);
        _room.Release();
        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await _session.DisposeAsync();
        await _outbox.DisposeAsync();
        _stopping.Dispose();
        _room.Dispose();
    }

    private static string LaneOf(int device) => $"SUBPROD001/m{device:00}";
}
