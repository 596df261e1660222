using System.Buffers;
using System.Globalization;
using BridgeFramework.Configuration;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A pump on one thread between an outbox in memory and a hub that a test holds.</summary>
internal sealed class PumpBench : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private readonly SingleThread _thread = new();
    private readonly SimulatedTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LoggerFactory _loggers;
    private Task _running = Task.CompletedTask;

    public PumpBench(int owners, UplinkFormat format = UplinkFormat.Plain, int window = 16, IUplinkEncoder? encoder = null)
    {
        _loggers = new LoggerFactory([Log]);
        Owners = [.. Enumerable.Range(0, owners).Select(i => $"P/{i.ToString(CultureInfo.InvariantCulture)}")];
        var devices = Owners.Select(owner => TestUplink.Device(owner) with { Profile = new ProfileSettings { Format = format } });
        var routes = new UplinkRoutes(stamp => stamp.Steady).Of(devices.Select(device => (device.Id, device.Profile)))
            .ToDictionary(route => route.Key, route => encoder is null ? route.Value
                : route.Value with { Encoder = encoder }, StringComparer.Ordinal);
        foreach (string owner in Owners) Outbox.Open(owner);
        Pump = new UplinkPump(Outbox, Hub, routes.GetValueOrDefault, window, liveShare: 70, _time, _loggers.CreateLogger<UplinkPump>());
        Do(() => _running = Pump.RunAsync(_stop.Token));
    }

    public IReadOnlyList<string> Owners { get; }
    public LaneOutbox Outbox { get; } = TestUplink.Outbox();
    public UplinkPump Pump { get; }
    public HandedPublisher Hub { get; } = new();
    public LogWatch Log { get; } = new();

    public long Pending => Outbox.Ledgers().Sum(ledger => ledger.Pending);

    public LaneStatus Live(string owner) => Outbox.StatusOf(new Lane(owner, LaneKind.Live));

    /// <summary>Does something, and all that the pump does upon it.</summary>
    public void Do(Action action) => _thread.Do(action);

    public void Append(string owner, LaneKind kind, int samples = 1)
    {
        var record = TestUplink.Record(new SampleStamp(1, 1), [.. Enumerable.Range(0, samples).Select(i => new PointValue(
            new PointDefinition { Name = "a_point_with_number_" + i.ToString(CultureInfo.InvariantCulture), At = i }, Variant.From(i)))]);
        Do(() => Outbox.Append(owner, kind, record.Bytes.Span, samples, filtered: 0));
    }

    /// <summary>Hands over a token, and acknowledges the message that is made for it.</summary>
    public HandedPublish Turn()
    {
        Do(() => Assert.True(Hub.Hand(), "Nobody asks for a token."));
        var message = Assert.Single(Hub.UnderWay);
        Do(message.Settled.SetResult);
        return message;
    }

    public void Pass(TimeSpan time) => Do(() =>
    {
        for (var end = _time.Now + time; _time.TryStep(end);)
        {
            // From timer to timer.
        }
    });

    public async ValueTask DisposeAsync()
    {
        Do(_stop.Cancel);
        for (int rest = 0; rest < 3 && !_running.IsCompleted; rest++) Pass(Rest);
        Assert.True(_running.IsCompletedSuccessfully, "The pump does not stop.");
        _stop.Dispose();
        await Outbox.DisposeAsync();
        _loggers.Dispose();
        Log.Dispose();
    }
}

/// <summary>A profile with a bug.</summary>
internal sealed class FaultyEncoder : IUplinkEncoder
{
    private readonly PlainUplink _plain = new(stamp => stamp.Steady);

    public bool IsFaulty { get; set; } = true;

    public int MaxRecords => 1;

    public UplinkMessage Encode(IReadOnlyList<OutboxRecord> records, int skipped, SampleNumber number, ArrayBufferWriter<byte> output) =>
        IsFaulty ? throw new ArgumentOutOfRangeException(nameof(records), "a bug")
            : _plain.Encode(records, skipped, number, output);
}
