using BridgeFramework.Files;
using BridgeFramework.Plugins;

namespace BridgeFramework.Configuration;

/// <summary>What loading a configuration gave: a plan, or what is wrong with it.</summary>
public sealed class ConfigurationResult
{
    private readonly GatewayPlan? _plan;
    private readonly IReadOnlyList<ConfigurationMistake> _ofContent;

    internal ConfigurationResult(
        GatewayPlan? plan, IEnumerable<ConfigurationMistake> mistakes, ConfigurationSource? source, ConfigurationFiles files) =>
        (_plan, _ofContent, Source, Files) = (plan, [.. mistakes], source, files);

    /// <summary>A configuration that a program has made in code, in the place of files.</summary>
    /// <param name="plan">The plan: all paths absolute, what a device type or a product gives a sub-device filled in.</param>
    /// <returns>The same as from files, with the mistakes that the plan has; what drivers demand is not yet checked. Their
    /// <see cref="ConfigurationMistake.File"/> is <c>plan</c>.</returns>
    public static ConfigurationResult Of(GatewayPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return PlanInCode.Of(plan, Overlay.ProcessEnvironment());
    }

    /// <summary>The plan; <see langword="null"/> when there is any mistake that is not a warning.</summary>
    public GatewayPlan? Plan => IsValid ? _plan : null;

    /// <summary>Whether the gateway can start with it: no mistakes but warnings.</summary>
    public bool IsValid => _plan is not null && Mistakes.All(m => m.IsWarning);

    /// <summary>All mistakes and warnings, in the order of the file; those of the environment and the command line last.</summary>
    public IReadOnlyList<ConfigurationMistake> Mistakes => field ??= [
        // Sub-devices of one type share its mistakes; each is said once.
        .. _ofContent.Concat(ExposureMistakes.Of(Exposures, ExposurePolicy)).Distinct()
            .OrderBy(m => m.Line == 0).ThenBy(m => m.File, StringComparer.Ordinal).ThenBy(m => m.Line).ThenBy(m => m.Column),
    ];

    /// <summary>The files that it was read from.</summary>
    public ConfigurationFiles Files { get; }

    /// <summary>
    /// Absolute path of the plugin folder, known even where other parts of the configuration are wrong, so that drivers' mistakes
    /// can be said together with them; <see langword="null"/> when the file could not be read.
    /// </summary>
    public string? PluginFolder => FolderOf("plugins");

    /// <summary>Which plugins may be loaded to have their drivers check the configuration; as strict as it
    /// can be read where it is wrong.</summary>
    public PluginTrust PluginTrust => TrustBinding.Of(Source?.Expanded["plugins"]);

    /// <summary>Whether every plugin may be loaded because nobody has said which ones may.</summary>
    public bool IsPluginTrustUnset => Source?.Expanded["plugins"]?["trust"] is null or { Origin.Source: Origin.Default };

    /// <summary>
    /// Absolute path of the data folder, known even where other parts of the configuration are wrong, so that a running gateway is
    /// found while somebody edits its configuration; <see langword="null"/> when the file could not be read.
    /// </summary>
    public string? DataFolder => FolderOf("data") ?? AssumedDataFolder;

    /// <summary>What the data folder most likely is where the file is no JSON; <see langword="null"/> where it is.</summary>
    public string? AssumedDataFolder { get; internal init; }

    /// <summary>What is done where others than root and the user of this process can change what the gateway goes by: refused, but with a
    /// hub on loopback, and where the environment variable <c>BRIDGE_ALLOW_UNSAFE_PERMISSIONS</c> is 1.</summary>
    public ExposurePolicy ExposurePolicy { get; internal init; }

    /// <summary>What others can change.</summary>
    internal IReadOnlyList<NamedExposure> Exposures { get; init; } = [];

    /// <summary>The texts it was read from, with their positions; <see langword="null"/> when there was nothing readable.</summary>
    internal ConfigurationSource? Source { get; }

    /// <summary>The same, with what was found about the plugin folder.</summary>
    /// <param name="exposures">Who else can put plugins into it.</param>
    public ConfigurationResult WithPluginFolder(IEnumerable<Exposure> exposures)
    {
        if (Source?.Expanded["plugins"]?["folder"] is not { } folder) return this;
        var named = exposures.Select(exposure => new NamedExposure(folder.Origin, exposure));
        return Copy(_ofContent, [.. Exposures, .. named], ExposurePolicy);
    }

    /// <summary>The same, where what others can change is used all the same, and said.</summary>
    public ConfigurationResult AllowingExposures() => Copy(_ofContent, Exposures, ExposurePolicy.Warn);

    /// <summary>The same with more mistakes.</summary>
    internal ConfigurationResult With(IEnumerable<ConfigurationMistake> more) =>
        Copy([.. _ofContent, .. more], Exposures, ExposurePolicy);

    private ConfigurationResult Copy(
        IReadOnlyList<ConfigurationMistake> ofContent, IReadOnlyList<NamedExposure> exposures, ExposurePolicy policy) =>
        new(_plan, ofContent, Source, Files) { AssumedDataFolder = AssumedDataFolder, Exposures = exposures, ExposurePolicy = policy };

    private string? FolderOf(string section) =>
        Source?.Expanded[section]?.TextOf("folder") is { Length: > 0 } folder && Path.IsPathFullyQualified(folder) ? folder : null;
}
