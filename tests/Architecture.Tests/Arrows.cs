namespace BridgeFramework.Architecture.Tests;

/// <summary>Who may know whom. What is not listed here is forbidden.</summary>
internal static class Arrows
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["core/Abstractions"] = [],
        ["core/Drivers"] = ["core/Abstractions", "core/Network"],
        ["core/Configuration"] = ["core/Abstractions", "core/Files", "core/IotHub", "core/Plugins", "core/Printing"],
        ["core/Files"] = [],
        ["core/IotHub"] = ["core/Files", "core/Network"],
        ["core/Logging"] = [],
        ["core/Network"] = [],
        ["core/Printing"] = [],
        ["core/Outbox"] = ["core/Files"],
        ["core/Plugins"] = ["core/Abstractions", "core/Files", "core/Printing"],
        ["core/PluginSealer"] = ["core/Plugins", "core/Printing"],
        ["core/Runtime"] =
            [
                "core/Abstractions", "core/Configuration", "core/Plugins", "core/IotHub", "core/Outbox", "core/Logging", "core/Network",
                "core/Files",
            ],
        ["core/Testing"] = ["core/Abstractions"],
        ["core/Gateway"] =
            [
                "core/Runtime", "core/Abstractions", "core/Configuration", "core/Plugins", "core/IotHub", "core/Outbox", "core/Files",
                "core/Printing",
            ],
    };

    /// <summary>Gives what is wrong with an arrow, as a sentence with the remedy, or <see langword="null"/>.</summary>
    public static string? FindFault(Project from, Project to)
    {
        // The programs that try whole gateways share how they start and ask them; tests of stored things share the
        // disk that forgets, and tests with mutated input how it is mutated.
        if (from.Root is "tests" && to.Folder is "tests/Processes" or "tests/Disks" or "tests/Fuzz") return null;
        if (to.Root is "tests") return $"{from.Path} knows {to.Path}: nothing knows a test; move what both need into core or samples.";
        return from.Root switch
        {
            "tests" => null,
            "plugins" when to.Folder is "core/Drivers" or "core/Abstractions" => null,
            "plugins" => $"{from.Path} knows {to.Path}: a plugin knows the contract and the toolkit (core/Drivers) only; say it through "
                + "the contract.",
            // The emulator is there to disagree with us: it shares facts of the wire, never code.
            "samples" when from.Folder is "samples/IotHubEmulator" or "samples/DeviceSimulators" && to.Root is "core" =>
                $"{from.Path} knows {to.Path}: a peer that shares our code agrees with our mistakes; write its side from the "
                    + "specification.",
            "samples" => null,
            _ when Allowed.TryGetValue(from.Folder, out string[]? allowed) =>
                allowed.Contains(to.Folder, StringComparer.Ordinal)
                    ? null
                    : $"{from.Path} knows {to.Path}: {from.Folder} may know "
                        + $"{(allowed.Length == 0 ? "no other project" : string.Join(", ", allowed))}; turn the arrow round or move the "
                            + "code.",
            _ => $"{from.Folder} is not in the table of arrows: decide whom it may know and add it to {nameof(Arrows)}.",
        };
    }
}
