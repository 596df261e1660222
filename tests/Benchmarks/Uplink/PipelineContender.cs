using System.Text.Json;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using BridgeFramework.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Benchmarks;

/// <summary>The way of a sample through the gateway without a network: report, record, outbox, turn, JSON,
/// acknowledgement by nobody.</summary>
/// <remarks>A message is asked for when a sub-device has reported as many sets as one carries, so that both
/// profiles have their usual messages.</remarks>
internal sealed class PipelineContender : Contender, IUplinkPublisher
{
    private const int Devices = 64;
    private const int Window = 16;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _room = new(Window);
    private readonly SemaphoreSlim _asked = new(0);
    // for its clock only
    private readonly HubSession _session = new(SessionContender.OptionsOf(port: 1), TimeProvider.System, NullLogger<HubSession>.Instance);
    private readonly PointValue[][] _sets;
    private readonly LaneOutbox _outbox;
    private readonly UplinkIntake _intake;
    private readonly UplinkSource[] _sources;
    private readonly int _setsPerMessage;
    private readonly Task _running;

    /// <param name="outbox">Where it waits; not closed here.</param>
    /// <param name="where">What that is, for the report.</param>
    /// <param name="format">How messages are written.</param>
    /// <param name="setsPerMessage">How many sets a message carries.</param>
    public PipelineContender(LaneOutbox outbox, string where, UplinkFormat format, int setsPerMessage)
    {
        (_outbox, _setsPerMessage, Name) = (outbox, setsPerMessage, $"outbox {where}");
        var meter = new MeterValues(seed: 1);
        _sets = [.. Enumerable.Range(0, 97).Select(_ => meter.Next())];
        SubDevicePlan[] devices = [.. Enumerable.Range(0, Devices).Select(i => new SubDevicePlan
        {
            Id = SubDeviceId.Parse($"SUBPROD001/m{i:00}"),
            Profile = new ProfileSettings { Format = format },
            Settings = JsonElement.Parse("{}"),
        })];
        var clock = new BootTimes(file: null, "boot", _session.Time, NullLogger<BootTimes>.Instance);
        _intake = new UplinkIntake(outbox, clock, devices, new UplinkSettings().BadInterval, TimeProvider.System);
        _sources = [.. devices.Select(device => _intake.SourceOf(device.Id))];
        var routes = new UplinkRoutes(clock.TimeOf).Of(devices.Select(device => (device.Id, device.Profile)));
        var pump = new UplinkPump(
            outbox, this, routes.GetValueOrDefault, Window, liveShare: 70, TimeProvider.System,
                NullLogger<UplinkPump>.Instance);
        outbox.AddOwners(_sources.Select(source => source.Owner));
        foreach (var source in _sources) outbox.Open(source.Owner);
        _running = pump.RunAsync(_stopping.Token);
    }

    public override string Name { get; }

    private long Acknowledged => OwnerLedger.Total(_outbox.Ledgers()).Acknowledged;

    public override async Task<long> RunAsync(Round round)
    {
        long before = Acknowledged;
        for (int message = 0; !round.IsOver; message++)
        {
            await _room.WaitAsync();
            var source = _sources[message % Devices];
            for (int set = 0; set < _setsPerMessage; set++)
                await _intake.ReportAsync(source, _sets[(message + set) % _sets.Length], CancellationToken.None);
            _asked.Release();
        }

        for (int i = 0; i < Window; i++) await _room.WaitAsync();
        _room.Release(Window);
        return Acknowledged - before;
    }

    public async Task<bool> PublishNextAsync(Func<HubPublish?> make, PublishPriority priority, CancellationToken cancellationToken)
    {
        await _asked.WaitAsync(cancellationToken);
        if (make() is null)
        {
            _asked.Release();
            return false;
        }

        _room.Release();
        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await _session.DisposeAsync();
        _stopping.Dispose();
        _room.Dispose();
        _asked.Dispose();
    }
}
