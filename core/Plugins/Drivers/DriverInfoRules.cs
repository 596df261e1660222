using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace BridgeFramework.Plugins;

/// <summary>What <see cref="DriverInfo"/> promises in its documentation, checked.</summary>
internal static partial class DriverInfoRules
{
    private static readonly (DriverCapabilities Capability, Type Interface)[] Interfaces =
    [
        (DriverCapabilities.LiveDevices, typeof(ILiveDevices)),
        (DriverCapabilities.Commands, typeof(ICommandHandler)),
        (DriverCapabilities.Firmware, typeof(IFirmwareUpdater)),
        (DriverCapabilities.Pairing, typeof(IPairing)),
        (DriverCapabilities.Actions, typeof(IDriverActions)),
    ];

    /// <summary>Gives what is not as documented, or <see langword="null"/>.</summary>
    public static string? FindMistake(DriverInfo info, Type driver, JsonTypeInfo channel)
    {
        if (!NamePattern().IsMatch(info.Name))
            return $"The driver name '{info.Name}' is not usable: expected 1 to 32 of a-z 0-9 -, beginning with a letter.";
        if (string.IsNullOrWhiteSpace(info.Description))
            return $"Driver '{info.Name}' has no description: give one sentence.";
        if (info.UpdateConcurrency < 1)
            return $"Driver '{info.Name}' has an update concurrency of {info.UpdateConcurrency}: expected 1 or more.";
        if (info.OffersFirmware && !info.Capabilities.HasFlag(DriverCapabilities.Firmware))
            return $"Driver '{info.Name}' offers firmware, but does not declare {DriverCapabilities.Firmware}: add it to Capabilities.";
        var settings = channel.Properties.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        if (info.ExclusiveSettings.FirstOrDefault(name => !settings.Contains(name)) is { } unknown)
            return $"Driver '{info.Name}' names the exclusive setting '{unknown}', which its channel settings do not have: "
                + $"expected one of {string.Join(", ", settings)}.";
        foreach (var (capability, contract) in Interfaces)
        {
            if (info.Capabilities.HasFlag(capability) == contract.IsAssignableFrom(driver)) continue;
            return info.Capabilities.HasFlag(capability)
                ? $"Driver '{info.Name}' declares {capability}, but {driver.Name} does not implement {contract.Name}."
                : $"{driver.Name} implements {contract.Name}, but driver '{info.Name}' does not declare {capability}: add it to "
                    + "Capabilities.";
        }

        return null;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,31}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    internal static partial Regex NamePattern();
}
