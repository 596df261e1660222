using System.Globalization;
using BridgeFramework.DeviceSimulators;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Processes;

namespace BridgeFramework.UpdateTest;

/// <summary>Rounds, each with an image of its own for all devices; the gateway is killed all the while.</summary>
internal sealed class KillRun(UpdateTestOptions options, int kills, TimeSpan between, TextWriter output) : TestRun(options, output)
{
    private const int ImageSize = 96 * 1024 + 1;
    private static readonly TimeSpan RoundPatience = TimeSpan.FromMinutes(5);
    private readonly TextTable _table = new(
        "round", "version", "kills", "s", "downloads", "from the start", "sent / size", "announced", "started", "done");
    private int _killed;

    protected override FleetShape Shape => new(
        Lines: 2, PerLine: 5, new FirmwareOptions
        {
            Version = UpdateScene.FirstVersion,
            EraseSeconds = 0.1,
            VerifySeconds = 0.1,
            RebootSeconds = 0.7,
        })
    {
        DownloadRate = 32 * 1024,
        Interval = "200ms",
        RebootDelay = "1s",
    };

    protected override async Task RunAsync(CancellationToken stopping)
    {
        StartGateway();
        await UntilAsync(() => Scene.Hub.Devices.Count(device => device.FirmwareVersion is not null) >= Scene.Devices.Count,
            TimeSpan.FromMinutes(1), stopping);
        for (int round = 1; _killed < kills; round++) await RoundAsync(round, stopping);
        await StopGatewayAsync();
        await _table.WriteAsync(Output);
        await Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{_killed} kills"));
    }

    private async Task RoundAsync(int round, CancellationToken stopping)
    {
        string version = string.Create(CultureInfo.InvariantCulture, $"1.{round}.0");
        byte[] image = new byte[ImageSize];
        Random.NextBytes(image);
        Scene.Hub.AddFirmware(UpdateScene.Product, version, image);
        int[] starts = [.. Scene.Devices.Select(device => device.Firmware.Starts)],
            announcements = [.. Scene.Devices.Select(device => device.Firmware.Announcements)];
        long begun = Time.GetTimestamp();
        int killedBefore = _killed;
        foreach (var device in Scene.Devices) await Scene.Hub.StartFirmwareTaskAsync(device.Id, version);

        while (!AllEnded(version))
        {
            var life = between * (0.1 + (1.8 * Random.NextDouble()));
            if (await UntilAsync(() => AllEnded(version), _killed < kills ? life : RoundPatience, stopping)) break;
            if (_killed >= kills)
            {
                Fault($"round {round}: not all updates have ended {RoundPatience} after the last kill: {Left(version)}.");
                break;
            }

            _killed++;
            await KillGatewayAsync();
            StartGateway();
        }

        Judge(round, version, image, starts);
        var downloads = Scene.Hub.Downloads.Where(download => download.Version == version).ToList();
        _table.Add(
            round, version, _killed - killedBefore, $"{Time.GetElapsedTime(begun).TotalSeconds:0.0}", downloads.Count, downloads.Count(
                download => download.Offset == 0),
            $"{(double)downloads.Sum(download => download.Sent) / ImageSize:0.00}",
                Scene.Devices.Select((device, i) => device.Firmware.Announcements - announcements[i]).Sum(),
            Scene.Devices.Select((device, i) => device.Firmware.Starts - starts[i]).Sum(), Tasks().Values.Count(
                task => task.State == FirmwareTaskState.Done));
    }

    private void Judge(int round, string version, byte[] image, int[] starts)
    {
        var tasks = Tasks();
        for (int i = 0; i < Scene.Devices.Count; i++)
        {
            var (device, task) = (Scene.Devices[i], tasks[Scene.Devices[i].Id]);
            if (task.State != FirmwareTaskState.Done)
                Fault($"round {round}: {device.Id} ended as {task.State} ({task.ResultCode} {task.ResultMessage}), not done.");
            if (device.Firmware.Version != version) Fault($"round {round}: {device.Id} runs {device.Firmware.Version}, not {version}.");
            if (device.Firmware.Starts - starts[i] != 1)
                Fault($"round {round}: {device.Id} was told to start an image {device.Firmware.Starts - starts[i]} times, not once.");
            if (!device.Firmware.Image.Span.SequenceEqual(image))
                Fault($"round {round}: {device.Id} has started other bytes than were uploaded.");
        }

        // Each goes on where what came before was verified: never further back.
        long offset = 0;
        foreach (var download in Scene.Hub.Downloads.Where(download => download.Version == version))
        {
            if (download.Offset < offset) Fault($"round {round}: a download went back from byte {offset} to {download.Offset}.");
            offset = download.Offset;
        }
    }

    private bool AllEnded(string version) => Tasks().Values.All(task => task.IsFinished && task.Version == version);

    private string Left(string version) =>
        string.Join(
            ", ", Tasks().Values.Where(task => !task.IsFinished || task.Version != version).Select(task => $"{task.Device} {task.State}"));
}
