using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BridgeFramework;

namespace Example.Bus;

/// <summary>The <c>settings</c> of a channel.</summary>
internal sealed record BusChannelSettings
{
    [Description("Name or address of the coupler."), MinLength(1), MaxLength(255)]
    public required string Host { get; set; }

    [Description("TCP port of the coupler."), Range(1, 65535)]
    public int Port { get; set; } = 7071;

    [Description("The longest wait for connecting, and for one answer.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>The <c>settings</c> of a sub-device.</summary>
internal sealed record BusDeviceSettings
{
    [Description("The unit's address on the bus."), Range(1, 247)]
    public required int Unit { get; set; }
}

/// <summary>The <c>at</c> of a point.</summary>
internal sealed record BusPoint
{
    [Description("The number of the register."), Range(0, 9999)]
    public required int Register { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BusChannelSettings)), JsonSerializable(typeof(BusDeviceSettings)), JsonSerializable(typeof(BusPoint))]
internal sealed partial class BusJson : JsonSerializerContext;
