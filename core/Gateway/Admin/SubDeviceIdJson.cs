using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.Gateway;

/// <summary>A sub-device as <c>productId/deviceName</c>.</summary>
internal sealed class SubDeviceIdJson : JsonConverter<SubDeviceId>
{
    public override SubDeviceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SubDeviceId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, SubDeviceId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
