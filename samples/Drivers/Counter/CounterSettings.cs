using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BridgeFramework;

namespace Example.Counter;

/// <summary>The <c>settings</c> of a channel.</summary>
internal sealed record CounterChannelSettings
{
    [Description("The longest wait for connecting and for one answer together.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("How many counters may be asked at the same time.")]
    [Range(1, 64)]
    public int Parallel { get; set; } = 4;
}

/// <summary>The <c>settings</c> of a sub-device.</summary>
internal sealed record CounterDeviceSettings
{
    [Description("Name or address of the counter.")]
    [MinLength(1), MaxLength(255)]
    public required string Host { get; set; }

    [Description("TCP port.")]
    [Range(1, 65535)]
    public int Port { get; set; } = 7070;
}

/// <summary>The <c>at</c> of a point.</summary>
internal sealed record CounterPoint
{
    [Description("The register's name in the counter, such as count.")]
    [RegularExpression("^[a-z]{1,16}$")]
    public required string Register { get; set; }
}

/// <summary>Reads the three records, generated at compile time: no reflection, so nothing keeps an old version in memory.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CounterChannelSettings))]
[JsonSerializable(typeof(CounterDeviceSettings))]
[JsonSerializable(typeof(CounterPoint))]
internal sealed partial class CounterJson : JsonSerializerContext;
