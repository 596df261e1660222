using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BridgeFramework;

namespace Fixture.Roster;

/// <summary>Channels whose sub-devices come, change and go: one driver takes this while it runs, the other is started anew.</summary>
public sealed class RosterPlugin : IBridgePlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDriver<RosterDriver, RosterChannelSettings, RosterDeviceSettings, NoSettings>(
            new DriverInfo { Name = "roster", Description = "Reports for each sub-device how often it did, and its tag." },
            RosterJson.Default.RosterChannelSettings,
            RosterJson.Default.RosterDeviceSettings,
            RosterJson.Default.NoSettings);
        builder.AddDriver<LiveRosterDriver, RosterChannelSettings, RosterDeviceSettings, NoSettings>(
            new DriverInfo
            {
                Name = "live-roster",
                Description = "The same, and takes other sub-devices while it runs.",
                Capabilities = DriverCapabilities.LiveDevices,
            },
            RosterJson.Default.RosterChannelSettings,
            RosterJson.Default.RosterDeviceSettings,
            RosterJson.Default.NoSettings);
    }
}

/// <summary>The <c>settings</c> of a channel.</summary>
internal sealed record RosterChannelSettings
{
    [Description("Milliseconds between two reports.")]
    [Range(10, 60_000)]
    public int ReportMilliseconds { get; set; } = 250;
}

/// <summary>The <c>settings</c> of a sub-device.</summary>
internal sealed record RosterDeviceSettings
{
    [Description("Reported with every number.")]
    [MinLength(1)]
    public required string Tag { get; set; }
}

/// <summary>There is nothing to set.</summary>
internal sealed record NoSettings;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RosterChannelSettings))]
[JsonSerializable(typeof(RosterDeviceSettings))]
[JsonSerializable(typeof(NoSettings))]
internal sealed partial class RosterJson : JsonSerializerContext;
