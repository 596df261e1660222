using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace BridgeFramework.Plugins;

/// <summary>The names of <see cref="DriverCapabilities"/> in a manifest: those of the members in camel case,
/// such as <c>liveDevices</c>.</summary>
internal static class CapabilityNames
{
    private static readonly (string Name, DriverCapabilities Capability)[] All =
    [
        .. Enum.GetValues<DriverCapabilities>().Where(c => c != DriverCapabilities.None)
            .Select(c => (JsonNamingPolicy.CamelCase.ConvertName(c.ToString()), c)),
    ];

    /// <summary>For messages.</summary>
    public static string Known { get; } = string.Join(", ", All.Select(c => c.Name));

    public static IEnumerable<string> Of(DriverCapabilities capabilities) =>
        All.Where(c => capabilities.HasFlag(c.Capability)).Select(c => c.Name);

    public static bool TryParse([NotNullWhen(true)] string? name, out DriverCapabilities capability)
    {
        capability = All.FirstOrDefault(c => c.Name.Equals(name, StringComparison.Ordinal)).Capability;
        return capability != DriverCapabilities.None;
    }
}
