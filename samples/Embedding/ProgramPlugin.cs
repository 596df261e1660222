using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BridgeFramework.Embedding;

/// <summary>Registers the program's own driver, as the entry point of a plugin would.</summary>
internal sealed class ProgramPlugin(RequestCounter requests) : IBridgePlugin
{
    public void Configure(IPluginBuilder builder) => builder.AddDriver<ProgramDriver, NoSettings, NoSettings, NoSettings>(
        new DriverInfo { Name = "program", Description = "The program that hosts the gateway, as a sub-device." },
        NoSettingsJson.Default.NoSettings,
        NoSettingsJson.Default.NoSettings,
        NoSettingsJson.Default.NoSettings,
        services => services.TryAddSingleton(requests));
}

/// <summary>The driver has nothing to set.</summary>
internal sealed record NoSettings;

[JsonSourceGenerationOptions(UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(NoSettings))]
internal sealed partial class NoSettingsJson : JsonSerializerContext;
