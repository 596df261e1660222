using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.IotHubEmulator.Tests;

/// <summary>The devices of the published examples, and a hub that holds them.</summary>
internal static class Example
{
    public const string GatewaySecret = "AAECAwQFBgcICQoLDA0ODw==";
    public const string SubDeviceSecret = "EBESExQVFhcYGRobHB0eHw==";
    public static readonly HubDeviceId Gateway = new("GWPROD0001", "test01");
    public static readonly HubDeviceId OtherGateway = new("GWPROD0001", "test02");
    public static readonly HubDeviceId Test1 = new("SUBPROD001", "test1");
    public static readonly HubDeviceId Dev1 = new("SUBPROD001", "dev1");

    /// <summary>The time of the published bind example: its signature is fresh.</summary>
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1589786839);

    public static EmulatedDevice[] Devices(HubDeviceId? test1BoundTo, HubDeviceId? dev1BoundTo) =>
    [
        new() { Id = Gateway, Kind = HubDeviceKind.Gateway, DeviceSecret = GatewaySecret },
        new() { Id = OtherGateway, Kind = HubDeviceKind.Gateway, DeviceSecret = GatewaySecret },
        new() { Id = Test1, Kind = HubDeviceKind.SubDevice, DeviceSecret = SubDeviceSecret, BoundTo = test1BoundTo },
        new() { Id = Dev1, Kind = HubDeviceKind.SubDevice, DeviceSecret = SubDeviceSecret, BoundTo = dev1BoundTo },
    ];

    public static FakeTimeProvider Clock() => new(Now);

    /// <summary>A hub with both sub-devices bound to the gateway, that answers without delay.</summary>
    public static HubEmulatorOptions Options(
        FakeTimeProvider? clock = null, bool strict = false, TimeSpan answerDelay = default, bool bound = true,
        int? tlsPort = null, bool forgetOnline = false, bool announceOwn = false) => new()
        {
            Devices = Devices(bound ? Gateway : null, bound ? Gateway : null),
            AnswerDelay = answerDelay,
            TimeProvider = clock ?? Clock(),
            Strict = strict,
            MqttTlsPort = tlsPort,
            ForgetOnlineOnDisconnect = forgetOnline,
            AnnounceOwnChanges = announceOwn,
        };
}
