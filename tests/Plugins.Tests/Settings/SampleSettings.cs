using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace BridgeFramework.Plugins.Tests;

internal sealed record SampleSettings
{
    [Required, StringLength(255), Description("Where the device listens.")]
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    public int Port { get; init; } = 502;

    [Range(0.0, 10.5, MinimumIsExclusive = true)]
    public double Scale { get; init; } = 1;

    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00"), JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Wait { get; init; } = TimeSpan.FromMilliseconds(250);

    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Linger { get; init; }

    [AllowedValues("none", "even", "odd")]
    public string Parity { get; init; } = "none";

    [RegularExpression("[A-F]+")]
    public string? Code { get; init; }

    [MinLength(1), MaxLength(3)]
    public IReadOnlyList<int> Units { get; init; } = [1];

    public SampleMode Mode { get; init; } = SampleMode.Careful;

    public SampleInner Inner { get; init; } = new() { Depth = 7 };
}

internal sealed record SampleInner
{
    public int Depth { get; init; } = 5;
}

internal enum SampleMode
{
    Fast,
    Careful,
}

internal sealed record SampleAddress([property: Range(0, 65535)] int Address, int Count = 1);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(SampleSettings))]
[JsonSerializable(typeof(SampleAddress))]
internal sealed partial class SampleJson : JsonSerializerContext;
