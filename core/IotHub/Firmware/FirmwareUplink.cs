using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>What a device tells the hub about its firmware: the version it runs, and how an update goes.</summary>
/// <remarks>
/// Percent and result code are texts, as the official SDKs write them.
/// Source: Tencent Cloud IoT Hub documentation, firmware update of devices over MQTT.
/// </remarks>
public static class FirmwareUplink
{
    /// <summary>The longest explanation that is sent, in characters; what is longer is cut.</summary>
    public const int MaxMessageLength = 240;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The version in force. The hub notes it, and says again what it wants the device to be updated to.</summary>
    /// <param name="device">The gateway or a sub-device of it.</param>
    /// <param name="version">1 to 32 of <c>A-Z a-z 0-9 . _ -</c>, beginning with a letter or digit.</param>
    public static HubPublish Version(DeviceIdentity device, string version) =>
        Message(device, qos: 1, PublishPriority.FirmwareState, writer =>
    {
        writer.WriteString("type"u8, "report_version"u8);
        writer.WriteStartObject("report"u8);
        writer.WriteString("version"u8, version);
        writer.WriteEndObject();
    });

    /// <summary>How much of the image is fetched.</summary>
    /// <param name="device">The gateway or a sub-device of it.</param>
    /// <param name="version">Of the image.</param>
    /// <param name="percent">0 to 100.</param>
    public static HubPublish Downloading(DeviceIdentity device, string version, int percent) =>
        Progress(device, version, "downloading", percent, FirmwareResultCode.Success, "", qos: 0, PublishPriority.FirmwareProgress);

    /// <summary>The device is being given the image.</summary>
    /// <param name="device">The gateway or a sub-device of it.</param>
    /// <param name="version">Of the image.</param>
    public static HubPublish Burning(DeviceIdentity device, string version) =>
        Progress(device, version, "burning", percent: null, FirmwareResultCode.Success, "", qos: 1, PublishPriority.FirmwareProgress);

    /// <summary>The device runs it.</summary>
    /// <param name="device">The gateway or a sub-device of it.</param>
    /// <param name="version">Of the image.</param>
    public static HubPublish Done(DeviceIdentity device, string version) =>
        Progress(device, version, "done", percent: null, FirmwareResultCode.Success, "", qos: 1, PublishPriority.FirmwareState);

    /// <summary>The device does not run it, and will not.</summary>
    /// <param name="device">The gateway or a sub-device of it.</param>
    /// <param name="version">Of the image.</param>
    /// <param name="code">Any but <see cref="FirmwareResultCode.Success"/>.</param>
    /// <param name="message">Why, in words.</param>
    public static HubPublish Failed(DeviceIdentity device, string version, FirmwareResultCode code, string message) =>
        Progress(device, version, "fail", percent: null, code, message, qos: 1, PublishPriority.FirmwareState);

    private static HubPublish Progress(
        DeviceIdentity device, string version, string state, int? percent, FirmwareResultCode code, string message, int qos,
            PublishPriority priority) =>
        Message(device, qos, priority, writer =>
        {
            writer.WriteString("type"u8, "report_progress"u8);
            writer.WriteStartObject("report"u8);
            writer.WriteStartObject("progress"u8);
            writer.WriteString("state"u8, state);
            if (percent is { } done) writer.WriteString("percent"u8, done.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("result_code"u8, ((int)code).ToString(CultureInfo.InvariantCulture));
            writer.WriteString("result_msg"u8, message.Length > MaxMessageLength ? message[..MaxMessageLength] : message);
            writer.WriteEndObject();
            writer.WriteString("version"u8, version);
            writer.WriteEndObject();
        });

    private static HubPublish Message(DeviceIdentity device, int qos, PublishPriority priority, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return new HubPublish { Topic = FirmwareTopics.Report(device), Payload = buffer.WrittenMemory, Qos = qos, Priority = priority };
    }
}
