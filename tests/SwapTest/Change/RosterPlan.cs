using System.Collections.Immutable;
using System.Globalization;

namespace BridgeFramework.SwapTest;

/// <summary>A sub-device that may be changed.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Tag">A setting of it, reported with every number.</param>
/// <param name="Unit">The unit of one of its points.</param>
internal sealed record RosterDevice(string Id, string Tag, string Unit = "u");

/// <summary>A channel that may be changed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsLive">Whether its driver takes other sub-devices while it runs.</param>
/// <param name="Devices">Its sub-devices.</param>
/// <param name="Report">How often it reports.</param>
internal sealed record RosterChannel(string Name, bool IsLive, ImmutableList<RosterDevice> Devices, TimeSpan Report);

/// <summary>What the gateway is to be: beside the channels that keep time, those that are changed.</summary>
internal sealed record RosterPlan
{
    private const int PoolSize = 300;
    private const int OnEach = 7;
    private static readonly TimeSpan Report = TimeSpan.FromMilliseconds(500);

    /// <summary>All sub-devices that there ever are.</summary>
    public static IReadOnlyList<string> Pool { get; } =
        [.. Enumerable.Range(1, PoolSize).Select(i => string.Create(CultureInfo.InvariantCulture, $"ROSTER0001/r{i}"))];

    public required ImmutableList<RosterChannel> Channels { get; init; }

    /// <summary>How many of the pool have been in a plan.</summary>
    public required int Used { get; init; }

    public bool HasMetronomes { get; init; }

    public int KeepAliveSeconds { get; init; } = 240;

    public int PublishRate { get; init; } = 1000;

    public string Storage { get; init; } = "disk";

    public IEnumerable<RosterDevice> Devices => Channels.SelectMany(channel => channel.Devices);

    /// <summary>The sub-devices that are to be online.</summary>
    public IReadOnlySet<string> Online => Devices.Select(device => device.Id)
        .Concat(HasMetronomes ? SwapScene.TimingChannels.Select(SwapScene.TimingDevice) : []).ToHashSet(StringComparer.Ordinal);

    /// <summary>Two channels of each driver.</summary>
    public static RosterPlan First(bool withMetronomes)
    {
        var plan = new RosterPlan { Channels = [], Used = 0, HasMetronomes = withMetronomes };
        foreach (string name in new[] { "live1", "live2", "fixed1", "fixed2" })
        {
            var (with, devices) = plan.Take(OnEach, tag: "first");
            plan = with with { Channels = with.Channels.Add(new RosterChannel(name, name.StartsWith('l'), devices, Report)) };
        }

        return plan;
    }

    /// <summary>Takes sub-devices that were in no plan yet.</summary>
    public (RosterPlan Plan, ImmutableList<RosterDevice> Devices) Take(int count, string tag) =>
        (this with { Used = Used + count }, [.. Pool.Skip(Used).Take(count).Select(id => new RosterDevice(id, tag))]);

    /// <summary>The same plan with another channel in the place of one.</summary>
    public RosterPlan With(RosterChannel channel, RosterChannel changed) => this with { Channels = Channels.Replace(channel, changed) };

    /// <summary>The file.</summary>
    public object Content(SwapScene scene)
    {
        var channels = Channels.ToDictionary(channel => channel.Name, Content, StringComparer.Ordinal);
        if (HasMetronomes)
            foreach (string channel in SwapScene.TimingChannels) channels.Add(channel, scene.TimingSettings(channel));
        var points = SwapScene.Points(SwapScene.NumberPoint, SwapScene.VersionPoint);
        return new
        {
            hub = new
            {
                deviceInfo = "device_info.json",
                host = "127.0.0.1",
                port = scene.MqttPort,
                tls = false,
                keepAlive = $"{KeepAliveSeconds}s",
                publishRate = PublishRate,
            },
            plugins = new { folder = "drop", provenAfter = "0s" }, // a kill is not the plugin's doing
            data = new { folder = "data" },
            uplink = new { latency = "100ms", storage = Storage },
            products = new { METRONOME1 = new { type = "metronome" } },
            deviceTypes = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["roster"] = new { driver = "roster", points },
                ["live-roster"] = new { driver = "live-roster", points },
                ["metronome"] = SwapScene.MetronomeType,
            },
            channels,
        };
    }

    private static object Content(RosterChannel channel)
    {
        string driver = channel.IsLive ? "live-roster" : "roster";
        return new
        {
            driver,
            settings = new { reportMilliseconds = (int)channel.Report.TotalMilliseconds },
            devices = channel.Devices.Select(device => new
            {
                id = device.Id,
                type = driver,
                settings = new { tag = device.Tag },
                points = new { number = new { unit = device.Unit } },
            }),
        };
    }
}
