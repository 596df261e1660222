using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BridgeFramework;

namespace Fixture.Metronome;

/// <summary>Channels that do nothing but keep time: what disturbs them shows.</summary>
public sealed class MetronomePlugin : IBridgePlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDriver<MetronomeDriver, MetronomeChannelSettings, NoSettings, NoSettings>(
            new DriverInfo { Name = "metronome", Description = "Keeps time, and a book of when it was late." },
            MetronomeJson.Default.MetronomeChannelSettings,
            MetronomeJson.Default.NoSettings,
            MetronomeJson.Default.NoSettings);
    }
}

/// <summary>The <c>settings</c> of a channel.</summary>
internal sealed record MetronomeChannelSettings
{
    [Description("The folder for the books of slots.")]
    [MinLength(1)]
    public required string Folder { get; set; }

    [Description("Milliseconds between two slots.")]
    [Range(1, 60_000)]
    public int SlotMilliseconds { get; set; } = 50;
}

/// <summary>There is nothing to set.</summary>
internal sealed record NoSettings;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MetronomeChannelSettings))]
[JsonSerializable(typeof(NoSettings))]
internal sealed partial class MetronomeJson : JsonSerializerContext;
