using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.Outbox;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Where plugins come from and where they are kept.</summary>
public sealed record PluginHostOptions
{
    /// <summary>The folder that plugins are dropped in.</summary>
    public required string DropFolder { get; init; }

    /// <summary>The gateway's data folder: private copies in <c>plugins/</c>, what is known of them in <c>plugins.json</c>.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Which builds may run; by default all that are there.</summary>
    public PluginTrust Trust { get; init; } = PluginTrust.Any;

    /// <summary>What is done about plugins that others than root and the user of this process can change; by default they are
    /// refused.</summary>
    public ExposurePolicy Exposures { get; init; } = ExposurePolicy.Refuse;

    /// <summary>How long a new version is watched before the old one is let go. Default 60 s.</summary>
    public TimeSpan Trial { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a version has to serve until it is proven, and never left out because the process died nobody knows of what.
    /// Default 10 min.</summary>
    public TimeSpan ProvenAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Which start of the machine this is.</summary>
    internal string Boot { get; init; } = BootId.Read();

    /// <summary>Says what of the configuration does not fit the drivers of a plugin; one line each.</summary>
    public Func<IReadOnlyList<DriverRegistration>, IReadOnlyList<string>> FindMistakes { get; init; } = _ => [];

    /// <summary>What a configuration says of plugins. A new version has to fit that configuration.</summary>
    /// <param name="plan">Its plan.</param>
    /// <param name="loaded">The configuration that the plan was made of.</param>
    /// <returns>The options.</returns>
    public static PluginHostOptions Of(GatewayPlan plan, ConfigurationResult loaded)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(loaded);
        return new PluginHostOptions
        {
            DropFolder = plan.Plugins.Folder,
            DataFolder = plan.Data.Folder,
            Trust = plan.Plugins.Trust,
            Exposures = loaded.ExposurePolicy,
            Trial = plan.Plugins.Trial,
            ProvenAfter = plan.Plugins.ProvenAfter,
            FindMistakes = drivers => DriverSettingsValidation.FindMistakes(loaded, drivers),
        };
    }
}
