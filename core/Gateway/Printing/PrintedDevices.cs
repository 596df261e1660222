using Spectre.Console;
using Spectre.Console.Rendering;

namespace BridgeFramework.Gateway;

/// <summary>Sub-devices for an operator's eyes.</summary>
internal static class PrintedDevices
{
    public static MarkedTable Table(IEnumerable<DeviceView> devices)
    {
        var table = new MarkedTable("sub-device", "at the hub", "in the field", "channel", "why");
        foreach (var device in devices)
        {
            string field = device.Channel is null ? "-" : Words.Of(device.Presence);
            table.Add(device.Ok, device.Id, AtHub(device), field, device.Channel ?? "-", device.Reason ?? "");
        }

        return table;
    }

    /// <summary>How many there are, and how many are not well.</summary>
    public static string Summary(IReadOnlyList<DeviceView> devices)
    {
        int unwell = devices.Count(device => !device.Ok);
        int leaving = devices.Count(device => device.Leaving == true);
        int unused = devices.Count(device =>
            device is { Ok: true, Leaving: null, Channel: null } && device.Hub != Runtime.CloudState.Online);
        int online = devices.Count - unwell - unused - leaving;
        int outOfReach = devices.Count(device => device.IsOutOfReach);
        string[] parts =
        [
            unwell > 0 ? $"{unwell} not as they should be" : "",
            online > 0 || unused + leaving == 0 ? $"{online} online" : "",
            unused > 0 ? $"{unused} not in use" : "",
            leaving > 0 ? $"{leaving} leaving" : "",
            outOfReach > 0 ? $"{outOfReach} not reachable for commands" : "",
        ];
        return $"{Words.Count(devices.Count, "sub-device")}: {string.Join(", ", parts.Where(part => part.Length > 0))}";
    }

    private static string AtHub(DeviceView device) =>
        device.Leaving == true ? $"{Words.Of(device.Hub)}, leaving" : Words.Of(device.Hub);

    public static IEnumerable<IRenderable> List(DeviceListView list)
    {
        if (list.Devices.Count == 0)
        {
            yield return new Markup(
                "This gateway has no sub-devices: add them to a channel in bridge.json, or to subDev in device_info.json.\n");
            yield break;
        }

        yield return Table(list.Devices);
        yield return new Markup($"\n{Terminal.Shown(Summary(list.Devices))}\n");
    }

    public static IEnumerable<IRenderable> Detail(DeviceDetailView detail)
    {
        var device = detail.Device;
        yield return new Markup($"[bold]{Terminal.Shown(device.Id)}[/]\n\n");
        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2)).AddColumn();
        Add("at the hub", AtHub(device));
        Add("in the field", device.Channel is null ? "no channel has it" : Words.Of(device.Presence));
        if (device.Reason is not null) Add("why", device.Reason);
        if (device.Channel is not null) Add("channel", $"{device.Channel} (driver {detail.Driver})");
        if (detail.DeviceType is not null) Add("type", detail.DeviceType);
        if (detail.FirmwareVersion is not null) Add("firmware", detail.FirmwareVersion);
        if (detail.Update is not null) Add("update", PrintedUpdates.Line(detail.Update));
        if (device.Leaving is null)
            Add("secret", detail.CanBind ? "known: it can be bound from here" : "none: it can only be bound in the console");
        yield return facts;
        if (detail.Points.Count == 0) yield break;
        yield return new Markup($"\n[bold]{Words.Count(detail.Points.Count, "point")}[/]\n");
        var points = new MarkedTable("point", "type", "unit", "access", "every");
        foreach (var point in detail.Points)
        {
            string type = point.Type?.ToString().ToLowerInvariant() ?? "-";
            points.Add(ok: true, point.Name, type, point.Unit ?? "-", Words.Of(point.Access), point.Interval);
        }

        yield return points;

        void Add(string name, string value) => facts.AddRow($"[dim]{name}[/]", Terminal.Shown(value));
    }
}
