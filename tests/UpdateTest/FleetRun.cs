using System.Globalization;
using System.Text.Json;
using BridgeFramework.DeviceSimulators;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Processes;

namespace BridgeFramework.UpdateTest;

/// <summary>One image for a whole fleet, and how its values fare meanwhile.</summary>
internal sealed class FleetRun(UpdateTestOptions options, int lines, int perLine, int imageSize, int downloadRate,
    TextWriter output) : TestRun(options, output)
{
    private const string Version = "2.0.0";
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);
    private readonly Dictionary<HubDeviceId, (TimeSpan? Begun, TimeSpan? Done)> _times = [];
    private TimeSpan _told;

    protected override FleetShape Shape => new(
        lines, perLine, new FirmwareOptions
        {
            Version = UpdateScene.FirstVersion,
            EraseSeconds = 1,
            VerifySeconds = 0.5,
            RebootSeconds = 2,
            LargestImageKib = 65535,
        })
    {
        DownloadRate = downloadRate,
        Interval = "2s",
    };

    private int DeviceCount => lines * perLine;

    protected override async Task RunAsync(CancellationToken stopping)
    {
        // As the gateway computes it: the larger of a second and the turn of all at the live share of the rate.
        var target = TimeSpan.FromSeconds(Math.Max(1, DeviceCount / (Shape.PublishRate * 0.7)));
        StartGateway();
        if (!await UntilAsync(
            () => Scene.Hub.Devices.Count(device => device.FirmwareVersion is not null) > DeviceCount, TimeSpan.FromMinutes(5), stopping))
            throw new TestRunException("Not all sub-devices came online and said their version within 5 minutes.");
        await Task.Delay(target, Time, stopping);
        var quiet = await MeasureAsync(() => false, Before, stopping);

        byte[] image = new byte[imageSize];
        Random.NextBytes(image);
        Scene.Hub.AddFirmware(UpdateScene.Product, Version, image);
        long begun = Time.GetTimestamp();
        foreach (var device in Scene.Devices) await Scene.Hub.StartFirmwareTaskAsync(device.Id, Version);
        var busy = await MeasureAsync(() => IsOver(Time.GetElapsedTime(begun)), Patience, stopping);
        double memory = Memory();
        await StopGatewayAsync();

        Judge(image);
        await TellAsync(quiet, busy, target, memory);
        if (busy.Share(target) < 0.99)
            Fault($"{(1 - busy.Share(target)) * 100:0.0} % of the values took longer than the latency target of "
                + $"{target.TotalSeconds:0.0} s during the updates.");
    }

    private bool IsOver(TimeSpan now)
    {
        // By the devices: the hub may hear of it a little later.
        foreach (var device in Scene.Devices)
        {
            var known = _times.GetValueOrDefault(device.Id);
            if (known.Begun is null && device.Firmware.Announcements > 0) known.Begun = now;
            if (known.Done is null && device.Firmware.Version == Version) known.Done = now;
            _times[device.Id] = known;
        }

        _told = now;
        return Tasks().Values.All(task => task.IsFinished);
    }

    private async Task<Latencies> MeasureAsync(Func<bool> isOver, TimeSpan within, CancellationToken stopping)
    {
        var latencies = new Latencies();
        long since = Scene.Hub.GetMessages() is [.., var last] ? last.Sequence : 0;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var reading = latencies.ReadAsync(Scene.Hub, since, end.Token);
        await UntilAsync(isOver, within, stopping);
        await end.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return latencies;
    }

    private void Judge(byte[] image)
    {
        foreach (var task in Tasks().Values.Where(task => task.State != FirmwareTaskState.Done))
            Fault($"{task.Device} ended as {task.State} ({task.ResultCode} {task.ResultMessage}), not done.");
        foreach (var device in Scene.Devices.Where(device => !device.Firmware.Image.Span.SequenceEqual(image)))
            Fault($"{device.Id} has started other bytes than were uploaded.");
        if (Scene.Hub.Downloads.Count != 1) Fault($"The image was asked for {Scene.Hub.Downloads.Count} times, not once.");
    }

    private async Task TellAsync(Latencies quiet, Latencies busy, TimeSpan target, double memory)
    {
        var done = _times.Values.Select(time => time.Done ?? Patience).Order().ToList();
        var begun = _times.Values.Select(time => time.Begun ?? Patience).Order().ToList();
        await Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{DeviceCount} sub-devices on {lines} lines, image of {imageSize / 1024} KiB fetched at {downloadRate / 1024} KiB/s; "
                + $"{Environment.ProcessorCount} processors for all of it"));
        var table = new TextTable("what", "s");
        table.Add("first hand-over begins", $"{begun[0].TotalSeconds:0.0}");
        table.Add("first device runs it", $"{done[0].TotalSeconds:0.0}");
        table.Add("half of them run it", $"{done[done.Count / 2].TotalSeconds:0.0}");
        table.Add("all run it", $"{done[^1].TotalSeconds:0.0}");
        table.Add("the hub knows of all", $"{_told.TotalSeconds:0.0}");
        table.Add("one hand-over, median",
            $"{_times.Values.Select(time => (time.Done - time.Begun ?? Patience).TotalSeconds).Order().ElementAt(_times.Count / 2):0.0}");
        await table.WriteAsync(Output);
        var values = new TextTable("values", "count", "p50 s", "p99 s", "max s", "within target %");
        values.Add("before", quiet.Count, $"{quiet.At(0.5):0.0}", $"{quiet.At(0.99):0.0}", $"{quiet.At(1):0.0}",
            $"{quiet.Share(target) * 100:0.0}");
        values.Add("during the updates", busy.Count, $"{busy.At(0.5):0.0}", $"{busy.At(0.99):0.0}", $"{busy.At(1):0.0}",
            $"{busy.Share(target) * 100:0.0}");
        await values.WriteAsync(Output);
        await Output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"latency target {target.TotalSeconds:0.0} s, gateway {memory:0} MB at the end"));
    }

    private double Memory() => double.Parse(
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{Gateway.Id}/status"))
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))["VmRSS:".Length..^"kB".Length],
        CultureInfo.InvariantCulture) / 1024;
}

/// <summary>How long values took from their reading to the hub.</summary>
internal sealed class Latencies
{
    private readonly List<double> _seconds = [];

    public int Count => _seconds.Count;

    public async Task ReadAsync(HubEmulator hub, long since, CancellationToken cancellationToken)
    {
        await foreach (var message in hub.WatchMessagesAsync(since, cancellationToken))
        {
            if (!message.Topic.EndsWith("/data", StringComparison.Ordinal)) continue;
            using var json = JsonDocument.Parse(message.Payload);
            var root = json.RootElement;
            var sets = root.GetProperty("sets");
            for (int i = 0; i < sets.GetArrayLength(); i++)
                _seconds.Add((message.Time - DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("base").GetInt64() + sets[i][0]
                    .GetInt64())).TotalSeconds);
        }
    }

    public double At(double share)
    {
        if (_seconds.Count == 0) return double.NaN;
        _seconds.Sort();
        return _seconds[Math.Min(_seconds.Count - 1, (int)(share * _seconds.Count))];
    }

    /// <summary>How many of them took no longer than that.</summary>
    public double Share(TimeSpan target) =>
        _seconds.Count == 0 ? 0 : (double)_seconds.Count(seconds => seconds <= target.TotalSeconds) / _seconds.Count;
}
