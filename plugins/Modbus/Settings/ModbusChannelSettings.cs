using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace BridgeFramework.Modbus;

/// <summary>How the bytes travel.</summary>
internal enum LineTransport
{
    /// <summary>Modbus TCP: MBAP header, port 502.</summary>
    Tcp,
}

/// <summary>The settings of a channel: one line with its units.</summary>
internal sealed record ModbusChannelSettings
{
    [Description("How the bytes travel: tcp.")]
    public LineTransport Transport { get; set; } = LineTransport.Tcp;

    [Description("Name or address of the device or of the gateway to the serial line.")]
    [Required, MinLength(1), MaxLength(255)]
    public required string Host { get; set; }

    [Description("TCP port.")]
    [Range(1, 65535)]
    public int Port { get; set; } = 502;

    [Description("The longest wait for the answer to one request. Behind a gateway it includes the gateway's own queue.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(1);

    [Description("The longest time for setting up a connection.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    [Description("Silence after connecting, for devices that swallow what comes first.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan DelayAfterConnect { get; set; }

    [Description("How many requests may be on their way at a time. Above 1 only for devices that are known to take it.")]
    [Range(1, 16)]
    public int MaxOutstanding { get; set; } = 1;

    [Description("The most registers in one read request.")]
    [Range(1, 125)]
    public int MaxBlock { get; set; } = 125;

    [Description("So many unused registers between two points are read along rather than asking twice. 0: only adjacent points share a "
        + "request.")]
    [Range(0, 124)]
    public int MaxGap { get; set; } = 64;

    [Description("The most coils or discrete inputs in one read request.")]
    [Range(1, 2000)]
    public int MaxBitBlock { get; set; } = 2000;

    [Description("So many unused coils or discrete inputs between two points are read along rather than asking twice.")]
    [Range(0, 1999)]
    public int MaxBitGap { get; set; } = 512;
}
