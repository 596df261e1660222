using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BridgeFramework;

namespace Example.Puller;

/// <summary>The <c>settings</c> of a channel.</summary>
internal sealed record PullerChannelSettings
{
    [Description("The local IP address to listen on; 0.0.0.0 is all of them."), MinLength(2), MaxLength(45)]
    public string Address { get; set; } = "0.0.0.0";

    [Description("The UDP port to listen on; 0 takes a free one, which the log names."), Range(0, 65535)]
    public int Port { get; set; } = 7074;

    [Description("A device that is not heard of for so long is absent; its update goes on when it is back.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan AbsentAfter { get; set; } = TimeSpan.FromHours(2);
}

/// <summary>The <c>settings</c> of a sub-device.</summary>
internal sealed record PullerDeviceSettings
{
    [Description("The name it gives itself."), RegularExpression("^[a-z0-9-]{1,32}$")]
    public required string Name { get; set; }
}

/// <summary>The <c>at</c> of a point: these devices have none.</summary>
internal sealed record PullerPoint;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PullerChannelSettings)), JsonSerializable(typeof(PullerDeviceSettings)), JsonSerializable(typeof(PullerPoint))]
internal sealed partial class PullerJson : JsonSerializerContext;
