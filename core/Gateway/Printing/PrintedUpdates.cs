using System.Globalization;
using BridgeFramework.Runtime;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BridgeFramework.Gateway;

/// <summary>Firmware updates for an operator's eyes.</summary>
internal static class PrintedUpdates
{
    public static IEnumerable<IRenderable> List(FirmwareListView list)
    {
        if (list.Updates.Count == 0)
        {
            yield return new Markup("No device has a firmware update: order one in the hub's console. It comes here when the device is "
                + "online and its version is known ('bridge device show').\n");
            yield break;
        }

        var table = new MarkedTable("device", "channel", "versions", "phase", "progress", "why");
        foreach (var update in list.Updates)
            table.Add(update.Ok, update.Id, update.Channel ?? "-", Versions(update), update.Phase.InWords(), Progress(update), update.Reason
                ?? "");
        yield return table;
        yield return new Markup(
            $"\n{Words.Count(list.Counts.All, "update")}: {Summary(list.Counts)}. Images kept: {Words.Bytes(list.ImageBytes)}.\n");
    }

    public static IEnumerable<IRenderable> Detail(FirmwareUpdateView update)
    {
        yield return new Markup($"[bold]{Terminal.Shown(update.Id)}[/]  {Terminal.Shown(Versions(update))}  {update.Phase.InWords()}\n\n");
        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2)).AddColumn();
        Add("channel", update.Channel ?? "none: it is the gateway itself");
        Add("progress", Bar(update));
        Add("time", update is { Elapsed: { } elapsed, Left: { } left } ? $"{Words.For(elapsed)} gone, {Words.For(left)} left" : "");
        Add("stage", update.Stage is { } stage ? Words.Of(stage) : "");
        Add("image", Words.Bytes(update.Size));
        Add("ordered", string.Create(
            CultureInfo.InvariantCulture, $"{Words.For(update.Age)} ago, {update.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"));
        Add("failures", update.Failures == 0 ? "" : $"{Words.Count(update.Failures, "hand-over")} failed");
        Add("why", update.Reason ?? "");
        if (update.Result is { } result)
        {
            Add("result", string.Create(CultureInfo.InvariantCulture, $"{update.ResultCode} ({Words.Of(result)})"));
            Add("hub", update.Reported ? "knows how it ended" : "does not know yet how it ended");
        }

        Add("next", update.NextVersion is { } next ? $"{next}, when this one has ended" : "");
        Add("try again", update.Phase == UpdatePhase.Failed ? $"bridge firmware retry {update.Id}" : "");
        yield return facts;

        void Add(string name, string value)
        {
            if (value.Length > 0) facts.AddRow($"[dim]{name}[/]", Terminal.Shown(value));
        }
    }

    /// <summary>One update in a line.</summary>
    public static string Line(FirmwareUpdateView update) =>
        string.Join(", ", new[] { $"{Versions(update)} {update.Phase.InWords()}", Progress(update), update.Reason ?? "" }.Where(
            part => part.Length > 0));

    /// <summary>How many are under way, done and failed.</summary>
    public static string Summary(FirmwareCountsView counts)
    {
        string[] parts =
        [
            counts.UnderWay > 0
                ? $"{Number(counts.UnderWay)} under way{(counts.Held > 0 ? $" ({Number(counts.Held)} held for approval)" : "")}" : "",
            counts.Done > 0 ? $"{Number(counts.Done)} done" : "",
            counts.Failed > 0 ? $"{Number(counts.Failed)} failed" : "",
        ];
        return string.Join(", ", parts.Where(part => part.Length > 0));
    }

    private static string Versions(FirmwareUpdateView update) => $"{update.From ?? "unknown"} -> {update.Version}";

    /// <summary>Of an offer, which makes no progress, how much longer it stands.</summary>
    private static string Progress(FirmwareUpdateView update) =>
        update is { Phase: UpdatePhase.Offered, Left: { } left } ? $"{Words.For(left)} left" : Bar(update);

    private static string Bar(FirmwareUpdateView update) => update.Percent is { } percent ? ProgressBar.Of(percent) : "";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
