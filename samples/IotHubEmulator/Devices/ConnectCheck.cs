using System.Globalization;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The return codes of CONNACK. Source: MQTT Version 3.1.1 section 3.2.2.3.</summary>
internal enum ConnectReturnCode
{
    Accepted = 0,
    UnacceptableProtocolVersion = 1,
    IdentifierRejected = 2,
    ServerUnavailable = 3,
    BadUserNameOrPassword = 4,
    NotAuthorized = 5,
}

/// <summary>Whether a CONNECT is accepted, and in words why not.</summary>
internal readonly record struct ConnectVerdict(ConnectReturnCode Code, string Reason)
{
    public static readonly ConnectVerdict Accepted = new(ConnectReturnCode.Accepted, "");
}

/// <summary>Decides on the credentials of a CONNECT.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, MQTT connection with device key authentication.</remarks>
internal static class ConnectCheck
{
    private const int MaxClientIdLength = HubDeviceId.MaxProductIdLength + HubDeviceId.MaxDeviceNameLength;

    /// <param name="device">The device whose product id and device name make up the client id, if there is one.</param>
    public static ConnectVerdict Check(EmulatedDevice? device, string clientId, string? username, string? password, DateTimeOffset now)
    {
        if (clientId.Length is 0 or > MaxClientIdLength || !clientId.All(HubDeviceId.IsDeviceNameCharacter))
            return Refuse(ConnectReturnCode.IdentifierRejected, "the client id is not a product id and a device name");
        if (device is null)
            return Refuse(ConnectReturnCode.NotAuthorized, "no device has this client id");
        if (device.Kind is HubDeviceKind.SubDevice)
            return Refuse(ConnectReturnCode.NotAuthorized, "a sub-device does not connect by itself; its gateway speaks for it");
        if (username?.Split(';') is not [var userClientId, _, _, var expiryText])
            return Refuse(
                ConnectReturnCode.BadUserNameOrPassword, "the user name has not the four parts clientId;sdkAppId;connectionId;expiry");
        if (!string.Equals(userClientId, clientId, StringComparison.Ordinal))
            return Refuse(ConnectReturnCode.BadUserNameOrPassword, "the user name does not begin with the client id");
        if (!long.TryParse(expiryText, NumberStyles.None, CultureInfo.InvariantCulture, out long expiry))
            return Refuse(ConnectReturnCode.BadUserNameOrPassword, "the expiry in the user name is not a number of seconds");
        if (expiry <= now.ToUnixTimeSeconds())
            return Refuse(ConnectReturnCode.BadUserNameOrPassword,
                $"the user name expired at {expiry}, it is {now.ToUnixTimeSeconds()} (Unix seconds)");
        if (!DeviceSignature.VerifyConnect(device.DeviceSecret, username, password ?? ""))
            return Refuse(ConnectReturnCode.BadUserNameOrPassword, "the password is not the user name signed with the device secret");
        return ConnectVerdict.Accepted;
    }

    private static ConnectVerdict Refuse(ConnectReturnCode code, string reason) => new(code, reason);
}
