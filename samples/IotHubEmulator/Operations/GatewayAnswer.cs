using System.Text.Json;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The messages of the hub on a gateway's result topic, byte for byte in the hub's compact form and key order.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, Gateway device topology; IoT Explorer documentation for the last two.</remarks>
internal static class GatewayAnswer
{
    public static string Topic(HubDeviceId gateway) => $"$gateway/operation/result/{gateway}";

    /// <summary>The result of an operation for each device it named, in the order of the request.</summary>
    public static byte[] Results(string type, IEnumerable<(HubDeviceId Device, int Result)> results) => Write(type, writer =>
    {
        writer.WriteStartArray("devices");
        foreach (var (device, result) in results) WriteDevice(writer, device, result);
        writer.WriteEndArray();
    });

    /// <summary>The sub-devices of a gateway.</summary>
    public static byte[] SubDevices(string type, IEnumerable<HubDeviceId> devices) => Write(type, writer =>
    {
        writer.WriteStartArray("devices");
        foreach (var device in devices) WriteDevice(writer, device, result: null);
        writer.WriteEndArray();
    });

    /// <summary>Tells a gateway that a sub-device was bound to it or unbound from it.</summary>
    public static byte[] Change(HubDeviceId subDevice, bool bound) => Write("change", writer =>
    {
        writer.WriteNumber("status", bound ? 1 : 0);
        writer.WriteStartArray("devices");
        WriteDevice(writer, subDevice, result: null);
        writer.WriteEndArray();
    });

    /// <summary>Asks a gateway to start or stop looking for sub-devices.</summary>
    public static byte[] SearchDevices(bool start) => Write("search_devices", writer => writer.WriteNumber("status", start ? 1 : 0));

    /// <summary>Tells a gateway that all its sub-devices were unbound.</summary>
    public static byte[] UnbindAll() => Write("unbind_all", writePayload: null);

    private static byte[] Write(string type, Action<Utf8JsonWriter>? writePayload) => CompactJson.Write(writer =>
    {
        writer.WriteString("type", type);
        if (writePayload is null) return;
        writer.WriteStartObject("payload");
        writePayload(writer);
        writer.WriteEndObject();
    });

    private static void WriteDevice(Utf8JsonWriter writer, HubDeviceId device, int? result)
    {
        writer.WriteStartObject();
        writer.WriteString("product_id", device.ProductId);
        writer.WriteString("device_name", device.DeviceName);
        if (result is { } code) writer.WriteNumber("result", code);
        writer.WriteEndObject();
    }
}
