using System.Globalization;
using System.Reflection;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>The folders and files that hub and gateway run on: channels of a plugin that keeps time, and
/// channels of one that counts.</summary>
internal sealed class SwapScene
{
    public const string NumberPoint = "number";
    public const string VersionPoint = "version";
    public const int Metronomes = 20;
    public const int Tickers = 3;

    private readonly WorkFolder _files;

    private SwapScene(string path) => _files = new WorkFolder(path);

    /// <summary>How often each channel of the plugin that keeps time is polled.</summary>
    public static TimeSpan Slot { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often each channel of the other counts.</summary>
    public static TimeSpan Count { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The sub-devices that count, in the order of their channels.</summary>
    public static IReadOnlyList<string> Counting { get; } = [.. Numbered(Tickers, i => $"TICKER0001/b{i}")];

    /// <summary>The channels that count.</summary>
    public static IReadOnlyList<string> CountingChannels { get; } = [.. Numbered(Tickers, i => $"b{i}")];

    /// <summary>The channels that keep time.</summary>
    public static IReadOnlyList<string> TimingChannels { get; } = [.. Numbered(Metronomes, i => $"a{i}")];

    /// <summary>What the sub-devices that keep time have in common, as the configuration has it.</summary>
    public static object MetronomeType { get; } = new { driver = "metronome", interval = "1s", points = Points("late", "skipped") };

    /// <summary>The port of the hub, once the gateway's configuration was written.</summary>
    public int MqttPort { get; private set; }

    public string Path => _files.Path;

    public string EmulatorFile => _files.EmulatorFile;

    /// <summary>Where plugins are dropped.</summary>
    public string DropFolder => _files.In("drop");

    /// <summary>Where the gateway keeps its copies of plugins.</summary>
    public string CopyFolder => System.IO.Path.Combine(DataFolder, "plugins");

    public string DataFolder => _files.In("data");

    /// <summary>Where versions of plugins are made.</summary>
    public string VersionFolder => _files.In("versions");

    /// <summary>Where the plugin that keeps time writes.</summary>
    public string SlotFolder => _files.In("slots");

    /// <summary>The plugins as the build made them.</summary>
    public static string FixtureFolder { get; } = typeof(SwapScene).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => string.Equals(metadata.Key, "FixtureFolder", StringComparison.Ordinal)).Value!; // written by the project file

    /// <param name="withMetronomes">Whether there are channels that keep time.</param>
    /// <param name="more">Sub-devices that the hub knows beside.</param>
    public static SwapScene Create(bool withMetronomes, IEnumerable<string> more)
    {
        var scene = new SwapScene(Directory.CreateTempSubdirectory("bridge-swap-").FullName);
        foreach (string folder in new[] { scene.DropFolder, scene.VersionFolder, scene.SlotFolder }) Directory.CreateDirectory(folder);
        if (withMetronomes)
            Files.Copy(System.IO.Path.Combine(FixtureFolder, "metronome"), System.IO.Path.Combine(scene.DropFolder, "metronome"));
        scene._files.WriteEmulator([.. Counting, .. TimingChannels.Select(TimingDevice), .. more]);
        return scene;
    }

    /// <summary>Writes the configuration of the gateway, once the port is known.</summary>
    public void WriteGateway(int mqttPort, TimeSpan trial, bool withMetronomes)
    {
        _files.WriteDeviceInfo();
        MqttPort = mqttPort;
        var channels = CountingChannels.Zip(Counting).ToDictionary(
            pair => pair.First,
            pair => (object)new { driver = "ticker", devices = new[] { new { id = pair.Second } } },
            StringComparer.Ordinal);
        if (withMetronomes)
        {
            foreach (string channel in TimingChannels)
                channels.Add(channel, TimingSettings(channel));
        }

        _files.Write("bridge.json", new
        {
            hub = new { deviceInfo = "device_info.json", host = "127.0.0.1", port = mqttPort, tls = false },
            plugins = new { folder = "drop", trial = Duration(trial), provenAfter = "0s" }, // a kill is not the plugin's doing
            data = new { folder = "data" },
            products = new { TICKER0001 = new { type = "ticker" }, METRONOME1 = new { type = "metronome" } },
            deviceTypes = new
            {
                ticker = new { driver = "ticker", interval = Duration(Count), points = Points(NumberPoint, VersionPoint) },
                metronome = MetronomeType,
            },
            channels,
        });
    }

    /// <summary>Writes another configuration of the gateway.</summary>
    public void WriteGateway(object configuration) => _files.Write("bridge.json", configuration);

    /// <summary>Writes what is no configuration at all.</summary>
    public void WriteGateway(string text) => File.WriteAllText(_files.In("bridge.json"), text);

    /// <summary>A channel that keeps time, as the configuration has it.</summary>
    public object TimingSettings(string channel) => new
    {
        driver = "metronome",
        settings = new { folder = SlotFolder, slotMilliseconds = (int)Slot.TotalMilliseconds },
        devices = new[] { new { id = TimingDevice(channel) } },
    };

    /// <summary>The sub-device of a channel that keeps time.</summary>
    public static string TimingDevice(string channel) => $"METRONOME1/{channel}";

    public void Delete() => _files.Delete();

    /// <summary>Points of no settings, as the configuration has them.</summary>
    public static Dictionary<string, object> Points(params string[] names) =>
        names.ToDictionary(name => name, _ => (object)new { at = new { } }, StringComparer.Ordinal);

    private static string Duration(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:F0}ms");

    private static IEnumerable<string> Numbered(int count, Func<int, FormattableString> name) =>
        Enumerable.Range(1, count).Select(i => FormattableString.Invariant(name(i)));
}
