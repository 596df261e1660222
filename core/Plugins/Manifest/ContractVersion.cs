using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace BridgeFramework.Plugins;

/// <summary>The contract's version rule: same major, and a minor that this gateway knows. A patch adds no member.</summary>
internal static class ContractVersion
{
    /// <summary>The simple name of the contract's assembly; its file in a plugin's folder would be a second, foreign contract.</summary>
    public const string AssemblyName = "BridgeFramework.Abstractions";

    /// <summary>The contract that this process has. Its assembly version stays at MAJOR.0.0.0 and does not tell.</summary>
    public static Version OfThisGateway { get; } =
        TryParse(typeof(IBridgePlugin).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? "", out var version)
            ? version
            : new Version(0, 0);

    /// <summary>Reads a version and leaves out what follows - or +.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Version? version) =>
        Version.TryParse(text.Split('-', '+')[0], out version);

    /// <exception cref="PluginRejectedException">This gateway cannot run a plugin built against <paramref name="plugin"/>.</exception>
    public static void Check(Version plugin)
    {
        var own = OfThisGateway;
        if (plugin.Major == own.Major && plugin.Minor <= own.Minor) return;
        bool newer = plugin.Major > own.Major || (plugin.Major == own.Major && plugin.Minor > own.Minor);
        throw new PluginRejectedException(
            $"it was built against contract {plugin}, this gateway has {own}",
            newer ? "update the gateway, or build the plugin against the older contract"
                : $"get a version of the plugin for contract {own.Major}.x");
    }
}
