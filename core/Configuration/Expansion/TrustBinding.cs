using System.Text.Json;
using BridgeFramework.Plugins;

namespace BridgeFramework.Configuration;

/// <summary>Reads from the section <c>plugins</c> which builds may run; also where the section has mistakes.</summary>
internal static class TrustBinding
{
    private const string Any = "any";
    private const string AllowList = "allow-list";

    /// <summary>Gives the trust. Whatever is not plainly "any" is the stricter one.</summary>
    public static PluginTrust Of(ConfigurationNode? plugins) =>
        plugins?["trust"] is not { } trust || (
            trust.Kind == JsonValueKind.String && string.Equals(trust.Text, Any, StringComparison.Ordinal))
            ? PluginTrust.Any
            : PluginTrust.Only((plugins["allow"]?.Items ?? []).Where(item => item.Kind == JsonValueKind.String).Select(item => item.Text));

    /// <summary>Says where the two members do not go together.</summary>
    public static void Check(ConfigurationNode root, ICollection<ConfigurationMistake> mistakes)
    {
        if (root["plugins"] is not { Kind: JsonValueKind.Object } plugins) return;
        var allow = plugins["allow"];
        bool listed = allow is { Items.Count: > 0 };
        switch (plugins["trust"])
        {
            case { Kind: JsonValueKind.String, Text: AllowList } trust when !listed:
                mistakes.Add(trust.Origin.Mistake(
                    "no plugin may run, as 'allow' is empty: put the digest of each plugin you trust into it; the gateway says the "
                        + "digest of a plugin that it refuses.",
                    isWarning: true));
                break;
            case null or { Kind: JsonValueKind.String, Text: Any } when listed:
                mistakes.Add(allow!.Origin.Mistake(   // ! it has items
                    "this list is not looked at, as every plugin is trusted: set 'trust' to \"allow-list\".", isWarning: true));
                break;
        }
    }
}
