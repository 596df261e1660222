using System.Text.Json;
using BridgeFramework.Files;

namespace BridgeFramework.Configuration;

/// <summary>Says whether what others can change is refused. No setting does: who can write to the file could lift it.</summary>
internal static class ExposurePolicies
{
    /// <summary>The variable that lifts it. Two underscores would make it a setting.</summary>
    public const string Variable = "BRIDGE_ALLOW_UNSAFE_PERMISSIONS";

    /// <param name="hub">The section <c>hub</c>.</param>
    /// <param name="environment">The environment.</param>
    public static ExposurePolicy Of(ConfigurationNode? hub, IReadOnlyDictionary<string, string> environment) =>
        IsLifted(environment) || LoopbackHosts.Covers(hub?["host"] is { Kind: JsonValueKind.String } host ? host.Text : "")
            ? ExposurePolicy.Warn : ExposurePolicy.Refuse;

    private static bool IsLifted(IReadOnlyDictionary<string, string> environment) => environment.GetValueOrDefault(Variable) is { } text
        && (text.Trim() is "1" || text.Trim().Equals("true", StringComparison.OrdinalIgnoreCase));
}
