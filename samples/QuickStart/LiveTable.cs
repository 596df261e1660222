using System.Collections.Concurrent;
using System.Text.Json;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Printing;
using Spectre.Console;

namespace BridgeFramework.QuickStart;

/// <summary>What the hub knows, as it comes in, until Ctrl+C.</summary>
internal sealed class LiveTable(Scene scene, IAnsiConsole console)
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<HubDeviceId, ReceivedMessage> _latest = new();

    public async Task ShowAsync(CancellationToken stopping)
    {
        console.WriteLine();
        console.WriteLine($"The hub's console is at {scene.Hub.ConsoleUrl}. Ctrl+C ends it. To command a device:", new Style(Color.Grey));
        const string example = """{"id":"c1","write":{"setpoint":18.5}}""";
        console.WriteLine($"  curl -d '{example}' {scene.Hub.ConsoleUrl}api/devices/SUBPROD001/m02/messages", new Style(Color.Grey));
        // Not a terminal: a table drawn over and over would only fill a file.
        if (!console.Profile.Capabilities.Interactive)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
            return;
        }

        var collecting = CollectAsync(stopping);
        await console.Live(Draw()).StartAsync(async live =>
        {
            while (true)
            {
                await Task.Delay(Redraw, TimeProvider.System, stopping);
                live.UpdateTarget(Draw());
            }
        });
        await collecting;
    }

    private async Task CollectAsync(CancellationToken stopping)
    {
        await foreach (var message in scene.Hub.WatchMessagesAsync(0, stopping))
            if (message.Topic.EndsWith("/data", StringComparison.Ordinal)) _latest[message.Device] = message;
    }

    private Table Draw()
    {
        var table = new Table().AddColumns("sub-device", "hub", "values", "number", "heard");
        foreach (var device in scene.Hub.Devices.Where(device => device.Kind == HubDeviceKind.SubDevice))
        {
            var message = _latest.GetValueOrDefault(device.Id);
            table.AddRow(
                Markup.Escape(device.Id.ToString()),
                device is { Online: true, Connected: true } ? "[green]online[/]" : "[red]offline[/]",
                Markup.Escape(ForeignText.OneLine(message is null ? "" : ValuesOf(message))),
                message is null ? "" : $"{SequenceOf(message)}",
                message is null ? "never" : $"{message.Time.ToLocalTime():HH:mm:ss}");
        }

        return table;
    }

    private static string ValuesOf(ReceivedMessage message)
    {
        using var json = JsonDocument.Parse(message.Payload);
        return json.RootElement.GetProperty("values").GetRawText().Trim('{', '}').Replace("\"", "", StringComparison.Ordinal).Replace(
            ",", "  ", StringComparison.Ordinal);
    }

    private static long SequenceOf(ReceivedMessage message)
    {
        using var json = JsonDocument.Parse(message.Payload);
        return json.RootElement.GetProperty("seq").GetInt64();
    }
}
