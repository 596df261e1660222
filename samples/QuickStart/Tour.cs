using System.Text;
using System.Text.Json;
using BridgeFramework.IotHubEmulator;
using Spectre.Console;

namespace BridgeFramework.QuickStart;

/// <summary>The main job, step by step, as the hub and the device see it: nothing is believed because the gateway says so.</summary>
internal sealed class Tour(Scene scene, IAnsiConsole console)
{
    private const string Setpoint = "22.5";
    private static readonly TimeSpan StepDeadline = TimeSpan.FromSeconds(20);
    private static readonly HubDeviceId Controlled = new("SUBPROD001", "test1");

    /// <returns>Whether every step was seen to work.</returns>
    public async Task<bool> TakeAsync(CancellationToken stopping)
    {
        Tell("hub up", $"mqtt://{scene.Hub.Address}:{scene.Hub.MqttPort}, console {scene.Hub.ConsoleUrl}");
        Tell("devices up",
            $"Modbus TCP on {scene.Devices.EndPoint}, units {string.Join(", ", scene.Devices.Units.Select(unit => unit.Id).Order())}");
        foreach (var plugin in scene.Host.PluginsInMemory.OrderBy(plugin => plugin.Manifest.Id, StringComparer.Ordinal))
            Tell("plugin loaded", $"{plugin.Manifest.Id} {plugin.Manifest.Version} from {plugin.Folder}");
        foreach (var device in scene.Host.Plan.SubDevices)
            if (!await TryAsync("sub-device online", token => OnlineAsync(device.Id, token), stopping)) return false;
        return await TryAsync("values arriving", ValuesAsync, stopping)
            && await TryAsync("command written", WriteAsync, stopping)
            && await TryAsync("value read back", ReadBackAsync, stopping)
            && await new FirmwareStep(scene, console, Controlled).TakeAsync((step, take) => TryAsync(step, take, stopping));
    }

    private async Task<string> OnlineAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        await scene.Hub.WaitForDeviceAsync(
            new HubDeviceId(id.ProductId, id.DeviceName), device => device is { Online: true, Connected: true }, cancellationToken);
        return id.ToString();
    }

    private async Task<string> ValuesAsync(CancellationToken cancellationToken)
    {
        var message = await scene.Hub.WaitForMessageAsync(
            message => message.Device == Controlled && message.Text.Contains("voltage", StringComparison.Ordinal), cancellationToken);
        return $"{message.Topic} {message.Text}";
    }

    private async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        const string command = """{"id":"tour-1","write":{"setpoint":""" + Setpoint + "}}";
        // Commands can come once the gateway has subscribed to them, which it does after everything is online.
        var asked = await scene.Hub.WaitForPacketAsync(
            packet => packet.Packet == "SUBSCRIBE" && packet.Topic == $"{Controlled}/control", cancellationToken);
        await scene.Hub.WaitForPacketAsync(packet => packet.Packet == "SUBACK", cancellationToken, asked.Sequence);
        await scene.Hub.SendAsync(Controlled, Encoding.UTF8.GetBytes(command));
        var reply = await scene.Hub.WaitForMessageAsync(
            message => message.Device == Controlled && message.Text.Contains("tour-1", StringComparison.Ordinal), cancellationToken);
        short raw = scene.Devices[1].Holding.GetInt16(10);
        return raw == 225
            ? $"{command} -> {reply.Text}; the device holds {raw} in register 10"
            : throw new SceneException($"The reply was {reply.Text}, but the device holds {raw} in register 10.");
    }

    private async Task<string> ReadBackAsync(CancellationToken cancellationToken)
    {
        var message = await scene.Hub.WaitForMessageAsync(
            message => message.Device == Controlled && HoldsSetpoint(message), cancellationToken);
        return $"{message.Topic} {message.Text}";
    }

    private static bool HoldsSetpoint(ReceivedMessage message)
    {
        using var json = JsonDocument.Parse(message.Payload);
        return json.RootElement.TryGetProperty("values", out var values)
            && values.TryGetProperty("setpoint", out var setpoint)
            && string.Equals(setpoint.GetRawText(), Setpoint, StringComparison.Ordinal);
    }

    private async Task<bool> TryAsync(string step, Func<CancellationToken, Task<string>> take, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(StepDeadline, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            Tell(step, await take(both.Token));
            return true;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            Fail(step, $"it did not happen within {StepDeadline.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is SceneException or HubRefusedException)
        {
            Fail(step, exception.Message);
        }

        return false;
    }

    private void Tell(string step, string what) => Write(step, what, "✓", Color.Green);

    private void Fail(string step, string why) => Write(step, why, "✗", Color.Red);

    private void Write(string step, string what, string mark, Color color)
    {
        console.Write(new Text($"{mark} {step,-18} ", new Style(color)));
        console.WriteLine(what);
    }
}
