using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace BridgeFramework.Modbus;

/// <summary>How a unit takes firmware: written as file records (function 15), governed through a control
/// window of 32 holding registers.</summary>
internal sealed record ModbusFirmwareSettings
{
    [Description("The first of the 32 holding registers of the control window, 0-based.")]
    [Range(0, ControlWindow.LastAddress)]
    public int Window { get; set; } = 0xF000;

    [Description("The most registers of the image in one request. The device's own limit goes first.")]
    [Range(1, FileRecordPdu.MaxWords)]
    public int BlockWords { get; set; } = 64;

    [Description("The number of the file that takes the first 10000 registers of the image; what is longer goes on in the files that "
        + "follow.")]
    [Range(1, 65535)]
    public int FileNumber { get; set; } = 1;

    [Description("The longest time for making room for an image.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PrepareTimeout { get; set; } = TimeSpan.FromSeconds(60);

    [Description("The longest time for checking an image that was sent.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan VerifyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    [Description("The device is left alone for so long after it was told to start the image.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan RebootDelay { get; set; } = TimeSpan.FromSeconds(2);

    [Description("The longest time, after the delay, until the device is back.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RebootTimeout { get; set; } = TimeSpan.FromSeconds(60);

    [Description("Accept an answer to a block that repeats only where the block is, for devices that do not repeat its bytes.")]
    public bool LenientEcho { get; set; }
}
