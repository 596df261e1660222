using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>Writes what a gateway sends on its operation topic: compact JSON, keys in the documented order.</summary>
internal static class GatewayRequest
{
    // Base64 has '+', which the default encoder would escape. The hub is no browser.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Describe() => """{"type":"describe_sub_devices"}"""u8.ToArray();

    public static byte[] ForDevices(GatewayOperationKind kind, IReadOnlyList<DeviceIdentity> devices) => Write(kind.WireName(), json =>
    {
        json.WriteStartArray("devices");
        foreach (var device in devices)
        {
            WriteDevice(json, device);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static byte[] Bind(DeviceIdentity device, BindProof proof, int random, long timestamp, HmacMethod method) =>
        Write("bind", json =>
        {
            json.WriteStartArray("devices");
            WriteDevice(json, device);
            json.WriteString("signature", BindSignature.Compute(device, proof.Key, random, timestamp, method));
            json.WriteNumber("random", random);
            json.WriteNumber("timestamp", timestamp);
            json.WriteString("signmethod", method.WireName());
            json.WriteString("authtype", proof.AuthType);
            json.WriteEndObject();
            json.WriteEndArray();
        });

    public static byte[]? Acknowledge(GatewayNotification notification, ChangeAcknowledgement form) => notification switch
    {
        TopologyChanged when form == ChangeAcknowledgement.Documented => """{"type":"change","result":0}"""u8.ToArray(),
        TopologyChanged change when form == ChangeAcknowledgement.Sdk => Write("change", json =>
        {
            json.WriteNumber("status", change.Bound ? 1 : 0);
            json.WriteStartArray("devices");
            foreach (var device in change.Devices)
            {
                WriteDevice(json, device);
                json.WriteNumber("result", 0);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }),
        AllUnbound => """{"type":"unbind_all","payload":{"result":0}}"""u8.ToArray(),
        DeviceSearch search => Write("search_devices", json =>
        {
            json.WriteNumber("status", search.Start ? 1 : 0);
            json.WriteNumber("result", 0);
        }),
        _ => null,
    };

    private static byte[] Write(string type, Action<Utf8JsonWriter> payload)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteStartObject("payload");
            payload(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteDevice(Utf8JsonWriter json, DeviceIdentity device)
    {
        json.WriteStartObject();
        json.WriteString("product_id", device.ProductId);
        json.WriteString("device_name", device.DeviceName);
    }
}
