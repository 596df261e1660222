using System.Text.Json.Serialization;
using BridgeFramework;

namespace Fixture.Ticker;

/// <summary>Counts up, for ever, whatever version of it does the counting.</summary>
public sealed class TickerPlugin : IBridgePlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDriver<TickerDriver, NoSettings, NoSettings, NoSettings>(
            new DriverInfo { Name = "ticker", Description = "Reports consecutive integers, over restarts and updates." },
            TickerJson.Default.NoSettings,
            TickerJson.Default.NoSettings,
            TickerJson.Default.NoSettings);
    }
}

/// <summary>There is nothing to set.</summary>
internal sealed record NoSettings;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NoSettings))]
internal sealed partial class TickerJson : JsonSerializerContext;
