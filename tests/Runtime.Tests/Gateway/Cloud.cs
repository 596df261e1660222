using System.Text;
using System.Text.Json.Nodes;
using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A hub with two gateways and their meters, and what tests ask of it.</summary>
internal static class Cloud
{
    public const string GatewaySecret = "AAECAwQFBgcICQoLDA0ODw==";
    public const string MeterSecret = "EBESExQVFhcYGRobHB0eHw==";
    public const string ProductSecret = "hzvf5LF9S0isvBhDSauWMaIk";
    public static readonly HubDeviceId Gateway = new("GWPROD0001", "gw1");
    public static readonly HubDeviceId OtherGateway = new("GWPROD0001", "gw2");

    public static HubDeviceId Meter(int number) => new("SUBPROD001", $"m{number}");

    /// <summary>Starts a hub where meters 1 to 4 exist, not bound to anyone.</summary>
    public static Task<HubEmulator> StartAsync(TimeProvider? time = null, bool forgetOnline = false) => HubEmulator.StartAsync(
        new HubEmulatorOptions
        {
            AnswerDelay = TimeSpan.Zero,
            ForgetOnlineOnDisconnect = forgetOnline,
            TimeProvider = time ?? TimeProvider.System,
            ProductSecrets = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [Gateway.ProductId] = ProductSecret,
                [Meter(1).ProductId] = ProductSecret
            },
            Devices =
            [
                new() { Id = Gateway, Kind = HubDeviceKind.Gateway, DeviceSecret = GatewaySecret },
                new() { Id = OtherGateway, Kind = HubDeviceKind.Gateway, DeviceSecret = GatewaySecret },
                .. Enumerable.Range(1, 4).Select(number => new EmulatedDevice
                {
                    Id = Meter(number),
                    Kind = HubDeviceKind.SubDevice,
                    DeviceSecret = MeterSecret,
                }),
            ],
        },
        TestContext.Current.CancellationToken);

    /// <summary>The present end of the message log: what comes later is new.</summary>
    public static long Now(this HubEmulator hub) => hub.GetMessages() is [.., var last] ? last.Sequence : 0;

    /// <summary>Waits for a message with a value of a point and gives the value.</summary>
    public static async Task<double> NextValueAsync(
        this HubEmulator hub, HubDeviceId device, string point, long since, CancellationToken cancellationToken)
    {
        var message = await hub.WaitForMessageAsync(
            message => IsData(message, device) && Values(message).ContainsKey(point),
            cancellationToken,
            since);
        return Values(message)[point];
    }

    /// <summary>Waits for a value of a device that was taken at a time or later.</summary>
    public static Task ValueOfAsync(this HubEmulator hub, HubDeviceId device, DateTimeOffset time, CancellationToken cancellationToken) =>
        hub.WaitForMessageAsync(
            message => IsData(message, device) && (long?)Json(message)["timestamp"] >= time.ToUnixTimeMilliseconds(), cancellationToken);

    /// <summary>The qualities of a point that had no value, in order.</summary>
    public static IReadOnlyList<string> BadQualities(this HubEmulator hub, HubDeviceId device, string point) =>
        [.. hub.GetMessages().Where(message => IsData(message, device))
            .Select(message => (string?)Json(message)["bad"]?[point]).OfType<string>()];

    /// <summary>Sends a command and gives the reply to it.</summary>
    public static async Task<JsonNode> CommandAsync(
        this HubEmulator hub, HubDeviceId device, string command, CancellationToken cancellationToken)
    {
        await hub.SubscribedAsync(device, cancellationToken);
        long since = hub.Now();
        await hub.SendAsync(device, Encoding.UTF8.GetBytes(command));
        return await hub.ReplyAsync(device, since, cancellationToken);
    }

    /// <summary>Waits until commands can reach a sub-device: it is subscribed to after everything is online,
    /// so its values may come before.</summary>
    public static async Task SubscribedAsync(this HubEmulator hub, HubDeviceId device, CancellationToken cancellationToken)
    {
        var asked = await hub.WaitForPacketAsync(
            packet => packet.Packet == "SUBSCRIBE" && packet.Topic == $"{device}/control", cancellationToken);
        await hub.WaitForPacketAsync(packet => packet.Packet == "SUBACK", cancellationToken, asked.Sequence);
    }

    /// <summary>Waits for the next reply to a command.</summary>
    public static async Task<JsonNode> ReplyAsync(this HubEmulator hub, HubDeviceId device, long since, CancellationToken cancellationToken)
    {
        var message = await hub.WaitForMessageAsync(
            message => message.Device == device && message.Topic.EndsWith("/event", StringComparison.Ordinal), cancellationToken, since);
        return Json(message);
    }

    /// <summary>Holds the messages of a lane against its promise: numbered without a gap, in order; one may
    /// come again, unchanged, right after itself.</summary>
    /// <returns>How many came twice.</returns>
    public static int CheckSequence(this HubEmulator hub, HubDeviceId device)
    {
        long next = 1;
        int again = 0;
        string? previous = null;
        foreach (var message in hub.GetMessages(device.ProductId, device.DeviceName).Where(
            message => message.Topic.EndsWith("/data", StringComparison.Ordinal)))
        {
            if (string.Equals(message.Text, previous, StringComparison.Ordinal))
            {
                again++;
                continue;
            }

            var root = Json(message);
            Assert.True((long?)root["seq"] == next, $"{device}: expected seq {next}, got {message.Text} after {previous}");
            next += (root["values"]?.AsObject().Count ?? 0) + (root["bad"]?.AsObject().Count ?? 0);
            previous = message.Text;
        }

        return again;
    }

    private static bool IsData(ReceivedMessage message, HubDeviceId device) =>
        message.Device == device && message.Topic.EndsWith("/data", StringComparison.Ordinal);

    private static JsonNode Json(ReceivedMessage message) =>
        JsonNode.Parse(message.Payload.Span) ?? throw new InvalidDataException($"A message on {message.Topic} is null.");

    private static Dictionary<string, double> Values(ReceivedMessage message) =>
        Json(message)["values"]?.AsObject()
            .ToDictionary(value => value.Key, value => (double?)value.Value ?? double.NaN, StringComparer.Ordinal) ?? [];
}
