using System.Text;
using System.Threading.Channels;
using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using BridgeFramework.IotHubEmulator;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The updates of a few devices: images from a real file server, devices that a test holds, a hub
/// that records, a clock that runs faster.</summary>
internal sealed class FirmwareBench : IAsyncDisposable
{
    public const string Product = "SUBPROD001";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-firmware-");
    private readonly LoggerFactory _loggers;
    private readonly HttpClient _http;
    private readonly Dictionary<string, FirmwareImage> _images = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Uri> _addresses = new(StringComparer.Ordinal);
    private readonly int _devices;
    private TaskCompletionSource _online = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Channel<HubMessage> _inbox = Channel.CreateUnbounded<HubMessage>();
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private FirmwareBench(HubEmulator files, int devices)
    {
        (Files, _devices, _http) = (files, devices, ImageRequest.CreateClient(Origins));
        _loggers = new LoggerFactory([Log]);
        _online.SetResult();
    }

    public LogWatch Log { get; } = new();
    public HubEmulator Files { get; }

    /// <summary>Those of a hub that is on this machine.</summary>
    public static ImageOrigins Origins { get; } = new([], "127.0.0.1");
    public RecordingHub Hub { get; } = new();
    public TimeProvider Time { get; set; } = new FasterTime(60);
    public FirmwareUpdates Updates { get; private set; } = null!; // set by StartAsync, which is the only way to get one
    public FirmwareSettings Settings { get; set; } = new();
    public UpdatePolicy Policy { get; set; } = new();
    public Dictionary<string, FakeTarget> Targets { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes what is given firmware in place of the devices that the test holds, anew for each start.</summary>
    public Func<IUpdateTarget>? MakeTarget { get; set; }

    /// <summary>What happens while it is down.</summary>
    public Action AtStart { get; set; } = () => { };

    /// <summary>What is answered when a version is announced again; by default the task once more with a new address.</summary>
    public Action<string>? OnVersionAgain { get; set; }

    /// <summary>How often that was asked for.</summary>
    public int VersionsAgain { get; private set; }

    public static async Task<FirmwareBench> StartAsync(int devices = 1, Action<FirmwareBench>? prepare = null)
    {
        var bench = new FirmwareBench(await Cloud.StartAsync(), devices);
        for (int n = 1; n <= devices; n++) bench.Targets.Add($"m{n}", new FakeTarget());
        prepare?.Invoke(bench);
        bench.Start();
        return bench;
    }

    public FakeTarget this[int device] => Targets[$"m{device}"];

    public static SubDeviceId Id(int device) => SubDeviceId.Parse($"{Product}/m{device}");

    public FirmwareUpdateStatus? StatusOf(int device) => Updates.Status.SingleOrDefault(status => status.Id == Id(device));

    /// <summary>Puts an image on the server.</summary>
    public FirmwareImage Add(string version, byte[] content)
    {
        var image = Files.AddFirmware(Product, version, content);
        _images[version] = image;
        _addresses[version] = Files.GetFirmwareUrl(image);
        return image;
    }

    /// <summary>The hub wants a device to be updated.</summary>
    public void Assign(int device, FirmwareImage image, Uri? url = null, string? md5 = null, long? size = null) => Say(
        device,
        $$"""{"file_size":{{size ?? image.Size}},"md5sum":"{{md5 ?? image.Md5}}","type":"update_firmware","url":"{{url ?? _addresses[image.Version]}}","version":"{{image.Version}}"}""");

    public void Assign(int device, string version) => Assign(device, _images[version]);

    public void Say(int device, string text) => _inbox.Writer.TryWrite(new HubMessage
    {
        Topic = $"$ota/update/{Id(device)}",
        Payload = Encoding.UTF8.GetBytes(text),
        Qos = 0,
        ReceivedAt = DateTimeOffset.UnixEpoch,
        Attempt = 1,
    });

    public void SetOnline(bool isOnline)
    {
        Hub.IsOnline = isOnline;
        if (isOnline) _online.TrySetResult();
        else _online = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Wake();
    }

    /// <summary>Waits until the hub was told how an update ended, and that is written down.</summary>
    public async Task<string> EndOf(int device, int times = 1)
    {
        await Step.Of($"the update of m{device} ends", ct =>
            Hub.UntilAsync($"m{device}", state => state is "done" || state.StartsWith("fail", StringComparison.Ordinal), ct, times), this);
        await Until($"the end of m{device} is written down", () => StatusOf(device) is { IsReported: true });
        return Hub.EndsOf($"m{device}")[^1];
    }

    /// <summary>Waits for what has no signal of its own.</summary>
    public Task Until(string what, Func<bool> holds) => Step.Of(
        what,
        async ct =>
        {
            while (!holds()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, ct);
        },
        this);

    /// <summary>Devices that the configuration does not have.</summary>
    public HashSet<int> Removed { get; } = [];

    /// <summary>Devices that have been leaving since an earlier start.</summary>
    public HashSet<int> Leaving { get; } = [];

    /// <summary>The devices are as the test has them now.</summary>
    public void Apply() => Updates.Apply(
        Enumerable.Range(1, _devices).Except(Removed).ToDictionary(
            Id, n => (Policy, Leaving.Contains(n) ? null : MakeTarget?.Invoke() ?? this[n])));

    /// <summary>Ends as it is told to; then begins anew on the same folder.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        Start();
    }

    /// <summary>Ends as a kill does: what was written last is all that is there; then begins anew on the same folder.</summary>
    public async Task KillAsync()
    {
        var written = FilesOf("updates").ToDictionary(
            file => file, file => File.ReadAllBytes(In($"updates/{file}")), StringComparer.Ordinal);
        await EndAsync();
        foreach (var (file, bytes) in written) await File.WriteAllBytesAsync(In($"updates/{file}"), bytes);
        Start();
    }

    /// <summary>What is written down of the update of a device.</summary>
    public UpdateRecord Written(int device) =>
        new UpdateRecords(new PrivateFolder(In("updates")), NullLogger<UpdateRecords>.Instance).Find(Id(device))
            ?? throw new InvalidOperationException($"Nothing is written down of {Id(device)}.");

    public string[] FilesOf(string folder) => Directory.Exists(In(folder))
        ? [.. Directory.GetFiles(In(folder)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)] : [];

    public string In(string name) => Path.Combine(_folder.FullName, name);

    public override string ToString() => $"{Hub}{Environment.NewLine}{Log}";

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Files.DisposeAsync();
        _stop.Dispose();
        _http.Dispose();
        _loggers.Dispose();
        Log.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        await Step.Of("the updates end", async _ => await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
    }

    private void Start()
    {
        AtStart();
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _inbox = Channel.CreateUnbounded<HubMessage>();
        var news = new UpdateNewsSender(
            Hub, _ => Hub.IsOnline, NewsPace.Of(double.PositiveInfinity), Time, _loggers.CreateLogger<UpdateNewsSender>());
        Updates = new FirmwareUpdates(
            new PrivateFolder(_folder.FullName),
            Settings,
            new ImageRequest(_http, Origins),
            new UpdateHub(news, AnnounceAgain, (id, version) => Updates.SetVersion(id, version), token => _online.Task.WaitAsync(token)),
            Time,
            _loggers);
        Apply();
        for (int n = 1; n <= _devices; n++)
            if (this[n].Device.Version is { } version) Updates.SetVersion(Id(n), version);
        _running = Updates.RunAsync(_inbox.Reader, _stop.Token);
    }

    private void Wake()
    {
        for (int n = 1; n <= _devices; n++) Updates.Wake(Id(n));
    }

    private void AnnounceAgain(SubDeviceId id)
    {
        VersionsAgain++;
        OnVersionAgain?.Invoke(id.DeviceName);
    }
}

/// <summary>A device that a test holds.</summary>
internal sealed class FakeTarget : IUpdateTarget
{
    private readonly ScriptedFirmware _firmware = new();
    private TaskCompletionSource _ready = Completed();

    public string Channel { get; set; } = "line1";
    public int Concurrency { get; set; } = 1;
    public bool Offers { get; set; }
    public string PolicyPath => "products.SUBPROD001.firmware";
    public string? Obstacle { get; set; }
    public TimeSpan RestartTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Which versions are the same ones in other words.</summary>
    public Func<string, string, bool> IsSame { get; set; } = (wanted, reported) => wanted == reported;

    public ScriptedFirmwareDevice Device => _firmware[FirmwareBench.Id(1)];

    /// <summary>What comes of a hand-over, in place of the device's taking it.</summary>
    public Func<StoredImage, IProgress<FirmwareProgress>, CancellationToken, Task<HandOver?>> OnUpdate { get; set; } = (_, _, _) =>
        Task.FromResult<HandOver?>(null);

    /// <summary>What it says when it is asked, in place of the device's answer.</summary>
    public Func<FirmwareAnswer?> OnQuery { get; set; } = () => null;

    /// <summary>Runs before anything comes of a hand-over.</summary>
    public int Calls { get; private set; }

    public void SetReady(bool isReady)
    {
        if (isReady) _ready.TrySetResult();
        else _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>How often it was waited for.</summary>
    public int Waiting { get; private set; }

    public Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        Waiting++;
        return _ready.Task.WaitAsync(cancellationToken);
    }

    public async Task<HandOver> UpdateAsync(StoredImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken)
    {
        Calls++;
        if (await OnUpdate(image, progress, cancellationToken) is { } outcome) return outcome;
        await _firmware.UpdateAsync(FirmwareBench.Id(1), image, progress, cancellationToken);
        return new HandOver(HandOverOutcome.Taken);
    }

    public Task<TimeSpan> RestartTimeAsync(CancellationToken cancellationToken) => Task.FromResult(RestartTime);

    public Task<VersionAnswer> IsSameVersionAsync(string wanted, string reported, CancellationToken cancellationToken) =>
        Task.FromResult(IsSame(wanted, reported) ? VersionAnswer.Yes : VersionAnswer.No);

    public async Task<FirmwareAnswer> QueryAsync(CancellationToken cancellationToken) =>
        OnQuery() ?? new FirmwareAnswer(await _firmware.QueryAsync(FirmwareBench.Id(1)));

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
