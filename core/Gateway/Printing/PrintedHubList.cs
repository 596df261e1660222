using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BridgeFramework.Gateway;

/// <summary>What is bound at the hub beside what is configured, for an operator's eyes.</summary>
internal static class PrintedHubList
{
    public static IEnumerable<IRenderable> Of(HubListView list)
    {
        if (list.Devices.Count == 0)
        {
            yield return new Markup($"The hub lists no sub-device bound to {Terminal.Shown(list.Gateway)}, and none is configured.\n");
            if (list.MayBePartial) yield return Partial;
            yield break;
        }

        var table = new MarkedTable("sub-device", "at the hub", "configured in", "difference");
        foreach (var entry in list.Devices)
            table.Add(!entry.Differs, entry.Id, entry.BoundAtHub ? "bound" : "not bound", PlaceOf(entry), DifferenceOf(entry));
        yield return table;
        int differences = list.Devices.Count(entry => entry.Differs);
        string verdict = differences == 0 ? "hub and configuration agree" : Words.Count(differences, "difference");
        int bound = list.Devices.Count(entry => entry.BoundAtHub);
        yield return new Markup(
            string.Create(CultureInfo.InvariantCulture, $"\n{bound} bound to {Terminal.Shown(list.Gateway)}: {verdict}.\n"));
        if (list.MayBePartial) yield return Partial;
    }

    private static Markup Partial => new("The hub's list may not be complete: its messages end at 16 KB, or it could not be read as a "
        + "whole. More sub-devices may be bound.\n");

    private static string PlaceOf(HubListEntry entry) => entry switch
    {
        { Known: false } => "nowhere",
        { Channel: { } channel } => $"channel {channel}",
        _ => "device_info.json",
    };

    private static string DifferenceOf(HubListEntry entry) => entry switch
    {
        { Known: false } => "bound, but not configured here",
        { BoundAtHub: false } => "configured here, but not bound",
        _ => "",
    };
}
