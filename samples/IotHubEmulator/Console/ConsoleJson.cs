using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.IotHubEmulator;

internal sealed record DeviceView(
    string ProductId, string DeviceName, string Kind, string? BoundTo, bool Online, bool Connected, string? FirmwareVersion)
{
    public static DeviceView Of(HubDeviceStatus device) => new(
        device.Id.ProductId, device.Id.DeviceName, device.Kind is HubDeviceKind.Gateway ? "gateway" : "subDevice",
        device.BoundTo?.ToString(), device.Online, device.Connected, device.FirmwareVersion);
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

internal sealed record FirmwareView(string ProductId, string Version, int Size, string Md5, string Url)
{
    public static FirmwareView Of(FirmwareImage image, Uri url) =>
        new(image.ProductId, image.Version, image.Size, image.Md5, url.OriginalString);
}

/// <summary>What can be asked of <c>POST /api/firmware/tasks</c>.</summary>
internal sealed record FirmwareTaskRequest
{
    public required string ProductId { get; init; }
    public required string DeviceName { get; init; }
    public required string Version { get; init; }
}

/// <summary>What can be asked of <c>POST /api/firmware/faults</c>; what is absent is as in <see cref="DownloadFault"/>.</summary>
internal sealed record DownloadFaultRequest
{
    public required DownloadFaultKind Kind { get; init; }
    public int? Times { get; init; }
    public int? Bytes { get; init; }
    public string? Version { get; init; }
}

internal sealed record FirmwareTaskView(
    string ProductId, string DeviceName, string Version, FirmwareTaskState State, int Percent, int ResultCode, string ResultMessage,
        int Pushes)
{
    public static FirmwareTaskView Of(FirmwareTask task) => new(
        task.Device.ProductId, task.Device.DeviceName, task.Version, task.State, task.Percent, task.ResultCode, task.ResultMessage,
            task.Pushes);
}

internal sealed record SentView(string Topic, int Length);

internal sealed record ErrorView(string Error, string Message);

/// <summary>Enums as their names, beginning with a small letter.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(CamelCaseEnum<HubFaultKind>), typeof(CamelCaseEnum<PacketDirection>),
        typeof(CamelCaseEnum<FirmwareTaskState>), typeof(CamelCaseEnum<DownloadFaultKind>), typeof(CamelCaseEnum<UplinkLaneKind>)],
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(IReadOnlyList<DeviceView>))]
[JsonSerializable(typeof(IReadOnlyList<MessageView>))]
[JsonSerializable(typeof(IReadOnlyList<TranscriptEntry>))]
[JsonSerializable(typeof(IReadOnlyList<FaultView>))]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(IReadOnlyList<FirmwareView>))]
[JsonSerializable(typeof(IReadOnlyList<FirmwareTaskView>))]
[JsonSerializable(typeof(FirmwareTaskRequest))]
[JsonSerializable(typeof(IReadOnlyList<DownloadFault>))]
[JsonSerializable(typeof(FirmwareView))]
[JsonSerializable(typeof(FirmwareTaskView))]
[JsonSerializable(typeof(DownloadFaultRequest))]
[JsonSerializable(typeof(HubCounters))]
[JsonSerializable(typeof(UplinkView))]
[JsonSerializable(typeof(SentView))]
[JsonSerializable(typeof(ErrorView))]
internal sealed partial class ConsoleJson : JsonSerializerContext
{
    /// <summary>Quotes and apostrophes within texts stay readable; the answers are no HTML and say so.</summary>
    public static ConsoleJson Readable => Relaxed.Context;

    // A class of its own, because the generated default must have been made first.
    private static class Relaxed
    {
        public static readonly ConsoleJson Context = new(
            new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
