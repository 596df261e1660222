using System.Globalization;
using System.Text.Json;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Many hours without the hub, and what follows, in simulated time on a real disk.</summary>
/// <remarks>The whole of it, by hand: <c>BRIDGE_OUTAGE_DEVICES=500 BRIDGE_OUTAGE_HOURS=13</c>.</remarks>
public sealed class LongOutageTests(ITestOutputHelper output)
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public async Task What_waited_for_hours_arrives_while_live_values_arrive_in_time()
    {
        int devices = Number("BRIDGE_OUTAGE_DEVICES", 20);
        var away = TimeSpan.FromHours(Number("BRIDGE_OUTAGE_HOURS", 3));
        long begun = TimeProvider.System.GetTimestamp();
        await using var outage = new Outage(devices);
        outage.Run(away, everyHour: true);
        long onDisk = outage.Outbox.Status.StoredBytes;
        long waiting = outage.Outbox.Ledgers().Sum(ledger => ledger.Pending);

        outage.HubComesBack();
        outage.CatchUp();
        var caughtUp = outage.Time.Now - away;
        double perSecond = outage.Messages / caughtUp.TotalSeconds;
        outage.Run(TimeSpan.FromSeconds(10), everyHour: false);
        outage.AssertNothingIsLost();

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{devices} sub-devices, {away.TotalHours:0} h away: {waiting} samples waited in {onDisk / MiB} MiB; caught up after "
                + $"{caughtUp:c} with {perSecond:0.0} messages a second; live values took at most "
                    + $"{outage.HighestLatency.TotalSeconds:0.00} s of {outage.LatencyTarget.TotalSeconds:0.00} s; memory "
                        + $"{outage.FirstMemory / MiB} MiB after an hour, {outage.MostMemory / MiB} MiB at most; in "
                            + $"{TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0} s"));
        Assert.True(outage.HighestLatency <= outage.LatencyTarget + TimeSpan.FromSeconds(0.5),
            $"Live values took {outage.HighestLatency}, where {outage.LatencyTarget} is the target.");
        Assert.InRange(outage.MostMemory - outage.FirstMemory, long.MinValue, (16 * MiB) + (2 * outage.SegmentBytes));
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number > 0 ? number : otherwise;

    private sealed class Outage : IAsyncDisposable
    {
        private const int Points = 20;
        private const int LiveShare = 70;
        private const int RecordBytes = 300;
        private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
        private static readonly TimeSpan TendEvery = TimeSpan.FromSeconds(30);
        private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-outage-");
        private readonly SingleThread _thread = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly UplinkIntake _intake;
        private readonly UplinkSource[] _sources;
        private readonly PointValue[] _values;
        private readonly Dictionary<string, Arrivals> _arrivals = new(StringComparer.Ordinal);
        private Task _running = Task.CompletedTask;
        private TimeSpan _cameBack = TimeSpan.MaxValue;
        private TimeSpan _tended;
        private TimeSpan _looked;
        private long _slot;
        private long _backfilled;

        public Outage(int devices)
        {
            var configured = Enumerable.Range(0, devices)
                .Select(i => TestUplink.Device($"P/d{i.ToString(CultureInfo.InvariantCulture)}") with
                {
                    Profile = new ProfileSettings { Format = UplinkFormat.Compact }
                }).ToArray();
            LatencyTarget = TimeSpan.FromSeconds(Math.Max(1, devices / (LiveShare / 100.0 / Pace.TotalSeconds)));
            var options = new OutboxOptions
            {
                MaxBytes = Math.Max(256L * MiB, devices * 20L * 3600 * RecordBytes),
                CommitInterval = TimeSpan.FromMinutes(10),
                LiveFor = 3 * LatencyTarget > TimeSpan.FromSeconds(10) ? 3 * LatencyTarget : TimeSpan.FromSeconds(10),
            };
            SegmentBytes = options.EffectiveSegmentBytes;
            Outbox = LaneOutbox.Open(_folder.FullName, options, new TimerlessTime(Time));
            Outbox.AddOwners(configured.Select(device => device.Id.ToString()));
            var clock = TestUplink.Clock(Time);
            _intake = new UplinkIntake(Outbox, clock, configured, badInterval: TimeSpan.Zero, Time);
            _sources = [.. configured.Select(device => _intake.SourceOf(device.Id))];
            _values = [.. Enumerable.Range(0, Points).Select(i => new PointValue(new PointDefinition { Name = "sensor_"
                + i.ToString(CultureInfo.InvariantCulture), At = i }, Quality.Timeout))];
            foreach (var source in _sources) _arrivals.Add(source.Owner + "/data", new Arrivals());
            var hub = new PacedPublisher(Time, Pace, roundTrip: Pace, Arrived);
            var routes = new UplinkRoutes(clock.TimeOf).Of(configured.Select(device => (device.Id, device.Profile)));
            var pump = new UplinkPump(
                Outbox, hub, routes.GetValueOrDefault, window: 16, LiveShare, Time, NullLogger<UplinkPump>.Instance);
            _thread.Do(() => _running = pump.RunAsync(_stop.Token));
        }

        public SimulatedTime Time { get; } = new();
        public LaneOutbox Outbox { get; }
        public TimeSpan LatencyTarget { get; }
        public long SegmentBytes { get; }
        public TimeSpan HighestLatency { get; private set; }
        public long Messages { get; private set; }
        public long FirstMemory { get; private set; }
        public long MostMemory { get; private set; }

        public void HubComesBack()
        {
            _cameBack = Time.Now;
            _thread.Do(() =>
            {
                foreach (var source in _sources) Outbox.Open(source.Owner);
            });
        }

        public void Run(TimeSpan time, bool everyHour)
        {
            for (var end = Time.Now + time; Time.Now < end;)
            {
                Step();
                if (Time.Now - _looked >= (everyHour ? TimeSpan.FromHours(1) : LookEvery)) Look();
            }
        }

        public void CatchUp()
        {
            long before;
            do
            {
                before = _backfilled;
                Run(TimeSpan.FromSeconds(5), everyHour: false);
            }
            while (_backfilled > before || _sources.Any(source => Outbox.StatusOf(new Lane(source.Owner, LaneKind.Backfill)).Pending > 0));
        }

        public void AssertNothingIsLost()
        {
            var ledgers = Outbox.Ledgers();
            Assert.All(ledgers, ledger => Assert.Empty(ledger.Dropped));
            Assert.All(ledgers, ledger => Assert.Equal(ledger.Reported, ledger.Acknowledged + ledger.Pending));
            foreach (var ledger in ledgers)
            {
                var arrivals = _arrivals[ledger.Owner + "/data"];
                Assert.Equal(ledger.Acknowledged, arrivals.Live.Next + arrivals.Backfill.Next - 2);
            }
        }

        public async ValueTask DisposeAsync()
        {
            _thread.Do(_stop.Cancel);
            for (int second = 0; second < 3 && !_running.IsCompleted; second++) Step();
            await Outbox.DisposeAsync();
            _stop.Dispose();
            _folder.Delete(recursive: true);
        }

        /// <summary>Fifty milliseconds in which every twentieth device reports.</summary>
        private void Step()
        {
            var end = Time.Now + Pace;
            for (bool more = true; more;) _thread.Do(() => more = Time.TryStep(end));
            _thread.Do(() =>
            {
                int slots = (int)(TimeSpan.FromSeconds(1) / Pace);
                for (long device = _slot % slots; device < _sources.Length; device += slots) Report(_sources[device]);
                _slot++;
            });
            if (Time.Now - _tended < TendEvery) return;
            _tended = Time.Now;
            Outbox.Tender.Tend();
        }

        private void Report(UplinkSource source)
        {
            for (int i = 0; i < Points; i++) _values[i] = new PointValue(_values[i].Point, Variant.From((_slot * (i + 7) % 5000) / 10.0));
            Assert.True(_intake.ReportAsync(source, _values, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        }

        private void Look()
        {
            _looked = Time.Now;
            long memory = GC.GetTotalMemory(forceFullCollection: true);
            if (FirstMemory == 0) FirstMemory = memory;
            MostMemory = Math.Max(MostMemory, memory);
        }

        private void Arrived(string topic, ReadOnlySpan<byte> payload)
        {
            Messages++;
            var message = CompactMessage.Read(payload);
            var lane = message.IsBackfill ? _arrivals[topic].Backfill : _arrivals[topic].Live;
            Assert.Equal(lane.Next, message.Sequence); // none twice, none left out
            Assert.True(message.First > lane.Last, "A lane is out of order.");
            (lane.Next, lane.Last) = (message.Sequence + message.Samples, message.Last);
            long now = Time.GetUtcNow().ToUnixTimeMilliseconds();
            long cameBack = now - (long)(Time.Now - _cameBack).TotalMilliseconds;
            if (message.IsBackfill)
            {
                _backfilled += message.Samples;
                Assert.True(message.Last <= cameBack + (2 * LatencyTarget.TotalMilliseconds) + 1000, "What is new goes to backfill.");
            }
            else if (message.First >= cameBack)
            {
                HighestLatency = TimeSpan.FromMilliseconds(Math.Max(HighestLatency.TotalMilliseconds, now - message.First));
            }
        }
    }

    private sealed class Arrivals
    {
        public Lane Live { get; } = new();
        public Lane Backfill { get; } = new();

        public sealed class Lane
        {
            public long Next { get; set; } = 1;
            public long Last { get; set; } = long.MinValue;
        }
    }

    /// <summary>What is to be known of a message: counted, not trusted.</summary>
    private readonly record struct CompactMessage(long Sequence, bool IsBackfill, long First, long Last, int Samples)
    {
        public static CompactMessage Read(ReadOnlySpan<byte> payload)
        {
            Assert.True(payload.Length <= HubPublish.MaxPayloadLength);
            var json = new Utf8JsonReader(payload);
            long sequence = 0, start = 0, first = 0, last = long.MinValue;
            bool isBackfill = false;
            int samples = 0;
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName) continue;
                if (json.ValueTextEquals("seq"u8)) sequence = Next(ref json).GetInt64();
                else if (json.ValueTextEquals("backfill"u8)) isBackfill = Next(ref json).GetBoolean();
                else if (json.ValueTextEquals("base"u8)) start = Next(ref json).GetInt64();
                else if (json.ValueTextEquals("sets"u8)) samples = ReadSets(ref json, start, out first, out last);
            }

            return new CompactMessage(sequence, isBackfill, first, last, samples);
        }

        private static int ReadSets(ref Utf8JsonReader json, long start, out long first, out long last)
        {
            int samples = 0;
            first = last = long.MinValue;
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.StartArray)
            {
                json.Read();
                long time = start + json.GetInt64();
                Assert.True(time > last, "Sets are out of order.");
                last = time;
                if (first == long.MinValue) first = time;
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                {
                    if (json.TokenType == JsonTokenType.StartArray) json.Skip();
                    else samples++;
                }
            }

            return samples;
        }

        private static Utf8JsonReader Next(ref Utf8JsonReader json)
        {
            json.Read();
            return json;
        }
    }
}
