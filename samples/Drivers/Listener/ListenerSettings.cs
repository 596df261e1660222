using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BridgeFramework;

namespace Example.Listener;

/// <summary>The <c>settings</c> of a channel.</summary>
internal sealed record ListenerChannelSettings
{
    [Description("The local IP address to listen on; 0.0.0.0 is all of them."), MinLength(2), MaxLength(45)]
    public string Address { get; set; } = "0.0.0.0";

    [Description("The UDP port to listen on; 0 takes a free one, which the log names."), Range(0, 65535)]
    public int Port { get; set; } = 7072;

    [Description("A tag that is not heard of for so long is absent.")]
    [JsonConverter(typeof(DurationJsonConverter)), Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AbsentAfter { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>The <c>settings</c> of a sub-device.</summary>
internal sealed record ListenerDeviceSettings
{
    [Description("The tag's id: 8 hexadecimal digits, as printed on it."), RegularExpression("^[0-9a-fA-F]{8}$")]
    public required string Tag { get; set; }
}

/// <summary>The <c>at</c> of a point.</summary>
internal sealed record ListenerPoint
{
    [Description("Which part of an advert: temperature (°C) or battery (%)."), RegularExpression("^(temperature|battery)$")]
    public required string Field { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ListenerChannelSettings)), JsonSerializable(typeof(ListenerDeviceSettings)), JsonSerializable(typeof(ListenerPoint))]
internal sealed partial class ListenerJson : JsonSerializerContext;
