using System.Text.Json;

namespace BridgeFramework.IotHubEmulator;

/// <summary>What a gateway publishes on its operation topic; key order and white space are free.</summary>
/// <param name="Devices"><see langword="null"/> when there is no <c>payload.devices</c> array.</param>
internal sealed record GatewayRequest(string Type, IReadOnlyList<RequestedDevice>? Devices)
{
    /// <summary>Reads a request; never throws on any input.</summary>
    public static GatewayRequest? TryRead(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object || root.Text("type") is not { } type) return null;
            if (!root.TryGetProperty("payload", out var payload) || payload.ValueKind is not JsonValueKind.Object
                || !payload.TryGetProperty("devices", out var entries) || entries.ValueKind is not JsonValueKind.Array)
            {
                return new GatewayRequest(type, Devices: null);
            }

            var devices = new List<RequestedDevice>(entries.GetArrayLength());
#pragma warning disable IDISP004 // foreach disposes the enumerator.
            foreach (var entry in entries.EnumerateArray()) devices.Add(RequestedDevice.Read(entry));
#pragma warning restore IDISP004
            return new GatewayRequest(type, devices);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;   // InvalidOperationException: an escaped half of a surrogate pair in a name or a text
        }
    }
}

/// <summary>One entry of a gateway request.</summary>
/// <param name="IsComplete">Whether both parts of the identity are there, as texts that can be one.</param>
internal sealed record RequestedDevice(HubDeviceId Id, bool IsComplete, BindProof? Proof)
{
    public static RequestedDevice Read(JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.Object)
            return new RequestedDevice(new HubDeviceId("", ""), IsComplete: false, Proof: null);
        string? productId = element.Text("product_id");
        string? deviceName = element.Text("device_name");
        bool isComplete = productId is { Length: > 0 } && deviceName is { Length: > 0 };
        return new RequestedDevice(new HubDeviceId(productId ?? "", deviceName ?? ""), isComplete, BindProof.Read(element));
    }
}

/// <summary>The fields of a bind request that prove the sub-device's consent.</summary>
internal sealed record BindProof(string Signature, long Random, long Timestamp, string Method, string AuthType)
{
    /// <summary>Reads the fields of a bind; <see langword="null"/> when one is missing or of the wrong type.</summary>
    public static BindProof? Read(JsonElement element) =>
        element.Text("signature") is { } signature
        && element.Integer("random") is { } random
        && element.Integer("timestamp") is { } timestamp
        && element.Text("signmethod") is { } method
        && element.Text("authtype") is { } authType
            ? new BindProof(signature, random, timestamp, method, authType)
            : null;
}

/// <summary>Reading members that may be absent or of another type.</summary>
internal static class JsonElementReading
{
    public static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object ? value : null;

    public static long? Integer(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number : null;
}
