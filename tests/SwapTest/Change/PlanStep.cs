using System.Globalization;

namespace BridgeFramework.SwapTest;

/// <summary>One change: the files as they are to be, and what the gateway is to make of them.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Kind">What is changed.</param>
/// <param name="Before">The plan before.</param>
/// <param name="Files">The plan that the files say.</param>
internal sealed record PlanStep(int Number, ChangeKind Kind, RosterPlan Before, RosterPlan Files)
{
    private const string Extra = "extra";

    /// <summary>The tag of what this change adds or tags anew.</summary>
    public string Tag => TagOf(Number);

    /// <summary>Whether a reload is to take it.</summary>
    public bool IsTaken => Kind is not (ChangeKind.InvalidFile or ChangeKind.NeedsRestart or ChangeKind.MostRemoved);

    /// <summary>What the gateway is to be after a reload.</summary>
    public RosterPlan InForce => IsTaken ? Files : Before;

    /// <summary>The sub-devices that report a tag that none has reported before.</summary>
    public IEnumerable<string> Tagged => Files.Devices.Where(device => device.Tag == Tag).Select(device => device.Id);

    /// <summary>The next one.</summary>
    public static PlanStep Next(int number, ChangeKind kind, RosterPlan before, Random random) =>
        new(number, kind, before, Change(kind, before, number, random));

    /// <summary>Writes the files.</summary>
    public void Write(SwapScene scene)
    {
        if (Kind is ChangeKind.InvalidFile) scene.WriteGateway("""{ "hub": { "port": "none" }, "channels": [ """);
        else scene.WriteGateway(Files.Content(scene));
    }

    private static string TagOf(int number) => string.Create(CultureInfo.InvariantCulture, $"t{number}");

    private static RosterPlan Change(ChangeKind kind, RosterPlan before, int number, Random random) => kind switch
    {
        ChangeKind.DeviceAddedLive => Added(before, isLive: true, number),
        ChangeKind.DeviceAdded => Added(before, isLive: false, number),
        ChangeKind.PointChanged => OneOf(before, random, device => device with { Unit = TagOf(number) }),
        ChangeKind.SettingChanged => OneOf(before, random, device => device with { Tag = TagOf(number) }),
        ChangeKind.Reconnects => before with { KeepAliveSeconds = before.KeepAliveSeconds + 1 },
        ChangeKind.RateChanged => before with { PublishRate = before.PublishRate + 1 },
        ChangeKind.NeedsRestart => before with { Storage = "memory" },
        ChangeKind.MostRemoved => before with
        {
            Channels = [.. before.Channels.Select(channel => channel with { Devices = [channel.Devices[0]] })],
        },
        ChangeKind.ChannelAdded or ChangeKind.ChannelRemoved => Toggled(before, number),
        ChangeKind.ChannelSettingChanged => before.With(
            before.Channels[number % before.Channels.Count], Slower(before.Channels[number % before.Channels.Count])),
        ChangeKind.DeviceRemoved => OneOf(before, random, _ => null),
        ChangeKind.DeviceMoved => Moved(before),
        _ => before,
    };

    private static RosterPlan Added(RosterPlan before, bool isLive, int number)
    {
        var (plan, devices) = before.Take(1, TagOf(number));
        var channel = plan.Channels.First(one => one.IsLive == isLive);
        return plan.With(channel, channel with { Devices = channel.Devices.AddRange(devices) });
    }

    private static RosterPlan OneOf(RosterPlan before, Random random, Func<RosterDevice, RosterDevice?> change)
    {
        List<RosterChannel> crowded = [.. before.Channels.Where(one => one.Devices.Count > 2)];
        var channel = crowded[random.Next(crowded.Count)];
        var device = channel.Devices[random.Next(channel.Devices.Count)];
        return before.With(channel, channel with
        {
            Devices = change(device) is { } changed ? channel.Devices.Replace(device, changed) : channel.Devices.Remove(device),
        });
    }

    private static RosterPlan Toggled(RosterPlan before, int number)
    {
        if (before.Channels.Find(channel => channel.Name == Extra) is { } extra)
            return before with { Channels = before.Channels.Remove(extra) };
        var (plan, devices) = before.Take(3, TagOf(number));
        return plan with { Channels = plan.Channels.Add(new RosterChannel(Extra, IsLive: true, devices, plan.Channels[0].Report)) };
    }

    private static RosterPlan Moved(RosterPlan before)
    {
        var (first, second) = (before.Channels[0], before.Channels[1]);
        var (source, target) = first.Devices.Count > second.Devices.Count ? (first, second) : (second, first);
        var device = source.Devices[^1];
        return before.With(source, source with { Devices = source.Devices.Remove(device) })
            .With(target, target with { Devices = target.Devices.Add(device) });
    }

    private static RosterChannel Slower(RosterChannel channel) => channel with { Report = channel.Report + TimeSpan.FromMilliseconds(1) };
}
