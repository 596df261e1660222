using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.IotHubEmulator;

internal sealed record DeviceView(string ProductId, string DeviceName, string Kind, string? BoundTo, bool Online, bool Connected)
{
    public static DeviceView Of(HubDeviceStatus device) => new(
        device.Id.ProductId, device.Id.DeviceName, device.Kind is HubDeviceKind.Gateway ? "gateway" : "subDevice",
        device.BoundTo?.ToString(), device.Online, device.Connected);
}

/// <param name="Text">The payload when it is UTF-8 text.</param>
/// <param name="Base64">The payload when it is not.</param>
internal sealed record MessageView(
    long Sequence, DateTimeOffset Time, string ProductId, string DeviceName, string Topic, int Qos, string? Text, string? Base64)
{
    public static MessageView Of(ReceivedMessage message)
    {
        bool isText = System.Text.Unicode.Utf8.IsValid(message.Payload.Span);
        return new(message.Sequence, message.Time, message.Device.ProductId, message.Device.DeviceName, message.Topic, message.Qos,
            isText ? message.Text : null, isText ? null : Convert.ToBase64String(message.Payload.Span));
    }
}

/// <summary>What can be asked of <c>POST /api/faults</c>; what is absent is as in <see cref="HubFault"/>.</summary>
internal sealed record FaultRequest
{
    public required HubFaultKind Kind { get; init; }
    public int? Times { get; init; }
    public string? Operation { get; init; }

    /// <summary><c>productId/deviceName</c>, or any gateway.</summary>
    public string? Gateway { get; init; }
    public double? DelaySeconds { get; init; }
    public int? Result { get; init; }
}

internal sealed record FaultView(HubFaultKind Kind, int Times, string? Operation, string? Gateway, double DelaySeconds, int Result)
{
    public static FaultView Of(HubFault fault) =>
        new(fault.Kind, fault.Times, fault.Operation, fault.Gateway?.ToString(), fault.Delay.TotalSeconds, fault.Result);
}

internal sealed record SentView(string Topic, int Length);

internal sealed record ErrorView(string Error, string Message);

/// <summary>Enums as their names, beginning with a small letter.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(CamelCaseEnum<HubFaultKind>), typeof(CamelCaseEnum<PacketDirection>)],
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(IReadOnlyList<DeviceView>))]
[JsonSerializable(typeof(IReadOnlyList<MessageView>))]
[JsonSerializable(typeof(IReadOnlyList<TranscriptEntry>))]
[JsonSerializable(typeof(IReadOnlyList<FaultView>))]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(HubCounters))]
[JsonSerializable(typeof(SentView))]
[JsonSerializable(typeof(ErrorView))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
