using System.Reflection;
using System.Text.RegularExpressions;
using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.Outbox;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A host of plugins with two channels for the driver <c>shape</c> and one for another, its drop
/// folder, and time that passes quickly.</summary>
internal sealed partial class PluginBench : IAsyncDisposable
{
    public const long OutboxBytes = 4 * 1024 * 1024;
    private const int Faster = 5;
    private static readonly string Fixtures = typeof(PluginBench).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(fact => string.Equals(fact.Key, "FixtureFolder", StringComparison.Ordinal)).Value ?? "";

    private const string Fixture = "shape";
    private readonly string _built;
    private readonly string _id;
    private readonly DirectoryInfo _root;
    private readonly bool _isOwner;
    private readonly CancellationTokenSource _stop = new();
    private readonly LoggerFactory _loggers;
    private readonly LaneOutbox _outbox = TestUplink.Outbox(new OutboxOptions { MaxBytes = OutboxBytes, MaxOwnerBytes = OutboxBytes / 8 });
    private readonly IReadOnlyList<FileChannelStore> _stores;
    private Task _running = Task.CompletedTask;

    /// <param name="earlier">A bench whose folders this one goes on with, as a gateway that is started again.</param>
    /// <param name="plugin">Another plugin that the build made, and the name of its driver.</param>
    /// <param name="settings">The settings of its channels.</param>
    /// <param name="provenAfter">How long a version has to serve to be proven.</param>
    /// <param name="boot">Which start of the machine this is.</param>
    public PluginBench(
        PluginBench? earlier = null, string? plugin = null, string settings = "{}", TimeSpan? provenAfter = null, string boot = "one")
    {
        _built = plugin is null ? Path.Combine(Fixtures, Fixture) : Path.Combine(Site.BuiltPlugins, plugin);
        _id = plugin ?? Fixture;
        _root = earlier?._root ?? Directory.CreateTempSubdirectory("plugin-bench-");
        _isOwner = earlier is null;
        _loggers = new LoggerFactory([Log]);
        Host = new PluginHost(
            new PluginHostOptions
            {
                DropFolder = DropFolder,
                DataFolder = DataFolder,
                Trial = TimeSpan.FromSeconds(10),
                ProvenAfter = provenAfter ?? TimeSpan.FromMinutes(10),
                Boot = boot,
                FindMistakes = _ =>
                Mistakes
            }, Time, _loggers);
        Script.AddTo(Host.Drivers);
        ChannelPlan[] configurations =
        [
            Configuration("line1", _id, settings), Configuration("line2", _id, settings), Configuration("other", "scripted"),
        ];
        var intake = new UplinkIntake(
            _outbox, TestUplink.Clock(Time), configurations.SelectMany(channel => channel.Devices), TestUplink.BadInterval, Time);
        _stores = [.. configurations.Select(channel =>
            new FileChannelStore(new PrivateFolder(DataFolder).Folder("channels").Folder(channel.Name)))];
        Channels = [.. configurations.Zip(_stores, (channel, store) => new ChannelSupervisor(
            channel, Host.Drivers, store, intake, (id, presence, _) => Presences.Enqueue((id.ToString(), presence)), (_, _) =>
                { }, Time, _loggers))];
    }

    public FasterTime Time { get; } = new(Faster);
    public LogWatch Log { get; } = new();
    public PluginHost Host { get; }
    public IReadOnlyList<ChannelSupervisor> Channels { get; }
    public DriverScript Script { get; } = new();
    public IReadOnlyList<string> Mistakes { get; set; } = [];
    public System.Collections.Concurrent.ConcurrentQueue<(string Device, Presence Presence)> Presences { get; } = [];
    public LaneOutbox Outbox => _outbox;
    public bool HasDropFolder { get; init; } = true;
    public string DropFolder => Path.Combine(_root.FullName, "plugins");
    public string DataFolder => Path.Combine(_root.FullName, "data");

    /// <summary>How the plugin stands.</summary>
    public PluginStatus Shape => Host.Find(_id);

    public string Book => File.ReadAllText(Path.Combine(DataFolder, "plugins.json"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Drops a version of the plugin, over what is there.</summary>
    public void Drop(string version, string behaviour = "", string? entry = null)
    {
        entry ??= _id;
        string unfinished = Path.Combine(DropFolder, $".{entry}");
        Make(unfinished, version, behaviour);
        string target = Path.Combine(DropFolder, entry);
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        Directory.Move(unfinished, target);
    }

    /// <summary>Makes a sealed version of the plugin in a folder.</summary>
    public void Make(string folder, string version, string behaviour)
    {
        foreach (string file in Directory.EnumerateFiles(_built, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(_built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy) ?? folder);
            File.Copy(file, copy);
        }

        File.WriteAllText(Path.Combine(folder, "behaviour"), behaviour);
        string manifest = Path.Combine(folder, PluginManifest.FileName);
        File.WriteAllText(manifest, Version().Replace(File.ReadAllText(manifest), $"\"version\": \"{version}\"", count: 1));
        PluginSeal.Renew(folder);
    }

    /// <summary>Loads what is there, then runs the channels and the host.</summary>
    public async Task StartAsync()
    {
        if (HasDropFolder) Directory.CreateDirectory(DropFolder);
        await Step.Of("the host starts", Host.StartAsync, Log);
        Host.Attach(() => Channels);
        _running = Task.WhenAll([.. Channels.Select(channel => channel.RunAsync(_stop.Token)), Host.RunAsync(_stop.Token)]);
    }

    /// <summary>Drops a version, starts, and waits until both channels serve.</summary>
    public async Task ServeAsync(string version, string behaviour = "")
    {
        Drop(version, behaviour);
        await StartAsync();
        await Logged(4202, "line1");
        await Logged(4202, "line2");
    }

    /// <summary>Waits for a line of the log, unless it is there already.</summary>
    public Task<LogLine> Logged(int eventId, string text = "", int after = 0) =>
        Step.Of($"event {eventId} with '{text}' is logged", ct => Log.WaitAsync(eventId, text, ct, after), Log);

    /// <summary>Waits until both channels have reported good values: only then there is something to compare with.</summary>
    public Task ReportsAsync() => Step.Of(
        "both channels report",
        async ct =>
        {
            while (!Channels.Take(2).All(channel => channel.Standing.Health.Any(point => point.IsGood)))
                await Task.Delay(TimeSpan.FromMilliseconds(100), Time, ct);
        },
        Log);

    /// <summary>Drops a version and waits until its trial is over.</summary>
    public async Task<PluginStatus> TryAsync(string version, string behaviour = "")
    {
        Drop(version, behaviour);
        await Step.Of("the version is taken in", ct => Host.TakeInAsync(_id, ct), Log);
        await Decided(version);
        return Shape;
    }

    public Task<LogLine> Decided(string version) => Step.Of(
        $"the trial of {version} is over",
        async ct =>
            await (await Task.WhenAny(Log.WaitAsync(Passed, $"{_id} {version} ", ct), Log.WaitAsync(NotPassed, $"{_id} {version} ", ct))),
        Log);

    public const int Loaded = 4521;
    public const int Failed = 4522;
    public const int OnTrial = 4524;
    public const int Passed = 4525;
    public const int NotPassed = 4526;
    public const int Out = 4527;
    public const int Stays = 4512;

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Step.Of("all stops", _running.WaitAsync, Log);
        Host.Dispose();
    }

    /// <summary>What a process that is killed leaves: nothing is let go, nothing is written any more.</summary>
    public async Task DieAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested) await StopAsync();
        Host.Dispose();
        foreach (var store in _stores) store.Dispose();
        await _outbox.DisposeAsync();
        _loggers.Dispose();
        Log.Dispose();
        _stop.Dispose();
        if (_isOwner) _root.Delete(recursive: true);
    }

    public async Task<string?> StateAsync(string channel)
    {
        using var store = new FileChannelStore(new PrivateFolder(DataFolder).Folder("channels").Folder(channel));
        return await store.ReadAsync("state", Ct) is { } state ? System.Text.Encoding.UTF8.GetString(state) : null;
    }

    private ChannelPlan Configuration(string name, string driver, string settings = "{}")
    {
        var channel = ChannelBench.Configuration(settings, name, driver, SubDeviceId.Parse($"SUBPROD001/{name}"));
        if (driver != _id) return channel;
        // Sub-devices of another plugin's driver would need settings of its own.
        if (_id != Fixture) return channel with { Devices = [] };
        // Of one point a value is held back for long: what knows it outlives the run.
        var held = new ReportSettings { MinInterval = TimeSpan.FromHours(1) };
        return channel with
        {
            Devices = [.. channel.Devices.Select(device =>
                device with { Points = [.. device.Points.Select((point, i) => i == 0 ? point with { Report = held } : point)] })],
        };
    }

    [GeneratedRegex("\"version\": \"[^\"]*\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Version();
}
