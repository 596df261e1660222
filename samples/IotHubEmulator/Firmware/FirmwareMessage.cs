using System.Text.Json;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The messages of the hub on <c>$ota/update/…</c>, byte for byte in the hub's compact form, keys in alphabetical order.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, Firmware upgrade; captures published with the official SDKs.</remarks>
internal static class FirmwareMessage
{
    public static string Topic(HubDeviceId device) => $"$ota/update/{device}";

    /// <summary>Acknowledges a reported version.</summary>
    public static byte[] VersionNoted(string type, string version, int resultCode) => CompactJson.Write(writer =>
    {
        writer.WriteNumber("result_code", resultCode);
        writer.WriteString("result_msg", resultCode == ResultCode.Success ? "success" : "fail");
        writer.WriteString("type", type);
        writer.WriteString("version", version);
    });

    /// <summary>Tells a device to upgrade.</summary>
    public static byte[] Update(string type, int fileSize, string md5, string url, string version) => CompactJson.Write(writer =>
    {
        writer.WriteNumber("file_size", fileSize);
        writer.WriteString("md5sum", md5);
        writer.WriteString("type", type);
        writer.WriteString("url", url);
        writer.WriteString("version", version);
    });
}
