using System.Globalization;
using BridgeFramework.Runtime;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BridgeFramework.Gateway;

/// <summary>A gateway at a glance: one word first, then what is not well, then the rest as far as it fits.</summary>
internal static class PrintedStatus
{
    private const int MostShown = 40;

    /// <summary>Up to here all sub-devices are shown, those that are well and in reach, too.</summary>
    private const int FewDevices = 20;

    public static IEnumerable<IRenderable> Of(StatusView status)
    {
        yield return new Markup($"[bold]{Terminal.Shown(status.Gateway)}[/]  {Verdict(status.State)}\n\n");
        yield return Connection(status);
        yield return Title(status.Plugins.Count == 0 ? "Plugins: none" : "Plugins");
        if (status.Plugins.Count > 0) yield return PrintedPlugins.Table(status.Plugins);

        if (status.Channels.Count > 0)
        {
            yield return Title("Channels");
            yield return Channels(status);
        }

        yield return Title(PrintedDevices.Summary(status.Devices));
        var shown = status.Devices.Count <= FewDevices ? status.Devices
            : [.. status.Devices.Where(device => !device.Ok || device.IsOutOfReach).Take(MostShown)];
        if (shown.Count > 0) yield return PrintedDevices.Table(shown);
        if (shown.Count < status.Devices.Count)
            yield return new Markup(
                $"… and {(status.Devices.Count - shown.Count).ToString(CultureInfo.InvariantCulture)} more: bridge device list\n");
    }

    private static Grid Connection(StatusView status)
    {
        var hub = status.Hub;
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2)).AddColumn();
        grid.AddRow("[dim]hub[/]", $"{(hub.Ok ? "" : "[yellow]! [/]")}{Terminal.Shown(Words.Of(hub.State))} for "
            + $"{Words.For(hub.For)}, {Terminal.Shown(hub.Endpoint)}");
        if (!hub.Ok && hub.LastFault is { } fault) grid.AddRow("", Terminal.Shown(fault.Message));
        if (hub.RetryIn is { } rest) grid.AddRow("", $"trying again in {Words.For(rest)}");
        if (hub.IsDisplaced)
            grid.AddRow("", $"[yellow]! [/]most likely another client connects as {Terminal.Shown(status.Gateway)}: find it and stop it");
        if (hub is { Ok: true, LastFault: { } past })
            grid.AddRow("[dim]last trouble[/]", $"{Words.For(past.Age)} ago: {Terminal.Shown(past.Message)}");
        if (hub.RefusedSubscriptions.Count > 0) grid.AddRow("[dim]refused[/]", Terminal.Shown(string.Join(", ", hub.RefusedSubscriptions)));
        if (status.Configuration is { Remark: { } remark } configuration)
            grid.AddRow("[dim]config[/]", $"{(configuration.Ok ? "" : "[yellow]! [/]")}{Terminal.Shown(remark)}");
        AddQueue(grid, status.Queue);
        if (status.Firmware is { UnderWay: > 0 } or { Failed: > 0 })
            grid.AddRow("[dim]firmware[/]", $"{PrintedUpdates.Summary(status.Firmware)}: bridge firmware list");
        if (status.ThreadProblem is { } threads) grid.AddRow("[dim]threads[/]", $"[yellow]! [/]{Terminal.Shown(threads)}");
        if (status.Process is { } process) AddProcess(grid, process);
        grid.AddRow("[dim]gateway[/]", $"version {Terminal.Shown(status.Version)}, running for {Words.For(status.Uptime)}");
        return grid;
    }

    private static void AddProcess(Grid grid, ProcessStatus process)
    {
        string descriptors = process.Descriptors is { } open
            ? string.Create(CultureInfo.InvariantCulture, $", {open} descriptors ({process.DescriptorsAtStart})") : "";
        grid.AddRow("[dim]process[/]", string.Create(
            CultureInfo.InvariantCulture, $"{process.ProcessorsUsed:0.0#} of {Words.Count(process.Processors, "processor")}, "
                + $"{process.ResidentBytes / 1_000_000} MB, "
                + $"{process.Threads} threads ({process.ThreadsAtStart} at the start){descriptors}"));
        foreach (var problem in process.Problems)
            grid.AddRow("", $"[yellow]! [/]{Terminal.Shown(problem.What)}: {Terminal.Shown(problem.Remedy)}");
    }

    private static void AddQueue(Grid grid, QueueView queue)
    {
        string waiting = queue.PendingSamples == 0
            ? "nothing"
            : string.Create(CultureInfo.InvariantCulture, $"{queue.PendingSamples} samples, {queue.PendingBytes} bytes, the oldest for "
                + $"{Words.For(queue.OldestAge ?? TimeSpan.Zero)}");
        grid.AddRow("[dim]waiting[/]", $"{(queue.OutboxTrouble is null ? "" : "[yellow]! [/]")}{waiting}: bridge ledger");
        foreach (string damage in queue.OutboxDamage ?? []) grid.AddRow("[dim]damage[/]", $"[yellow]! [/]{Terminal.Shown(damage)}");
        if (queue.OutboxTrouble is { } trouble) grid.AddRow("", Terminal.Shown(trouble));
        if (queue.CommandsWaiting > 0 || queue.RepliesWaiting > 0 || queue.CommandTrouble is not null)
            grid.AddRow(
                "[dim]commands[/]",
                    $"{(queue.CommandTrouble is null ? "" : "[yellow]! [/]")}{Words.Count(queue.CommandsWaiting, "command")} and "
                        + $"{queue.RepliesWaiting.ToString(CultureInfo.InvariantCulture)} replies wait");
        if (queue.CommandTrouble is { } why) grid.AddRow("", Terminal.Shown(why));
    }

    private static MarkedTable Channels(StatusView status)
    {
        var table = new MarkedTable("channel", "driver", "state", "for", "why");
        foreach (var channel in status.Channels)
        {
            // A problem says more than that a call has not returned.
            bool isSaid = channel.Problems.Count > 0 && channel.State is ChannelState.Serving or ChannelState.Starting;
            table.Add(
                channel.Ok, channel.Name, channel.Driver, Words.Of(channel.State), Words.For(channel.For),
                isSaid ? ProblemOf(channel.Problems[0]) : WhyOf(channel));
            foreach (var problem in channel.Problems.Skip(isSaid ? 1 : 0))
                table.Add(false, channel.Name, channel.Driver, "", "", ProblemOf(problem));
        }

        return table;
    }

    private static string ProblemOf(ChannelProblemView problem) =>
        $"{problem.What} (for {Words.For(problem.For)}): {problem.Remedy}";

    private static string WhyOf(ChannelView channel) => channel.Failures > 1
        ? string.Create(CultureInfo.InvariantCulture, $"{channel.Reason} ({channel.Failures} times in a row)")
        : channel.Reason ?? "";

    private static Markup Title(string text) => new($"\n[bold]{Terminal.Shown(text)}[/]\n");

    private static string Verdict(GatewayHealth health) => health switch
    {
        GatewayHealth.Ok => "[green]OK[/]",
        GatewayHealth.Degraded => "[yellow]DEGRADED[/]",
        _ => "[red]DOWN[/]",
    };
}
