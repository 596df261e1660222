namespace BridgeFramework.Interop;

/// <summary>Whether a program of somebody else is here to be tested with.</summary>
internal static class Peer
{
    /// <summary>Set to 1 where a missing peer is a failure and not a reason to skip, as in the project's own builds.</summary>
    public const string RequireVariable = "BRIDGE_REQUIRE_PEERS";

    /// <summary>The interpreter of the distribution, whose modules the packages install; another one on the path may lack them.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>Finds a program; skips the test, or fails it where peers are required, when there is none.</summary>
    /// <param name="program">A name looked for on the path and in the folders of system programs.</param>
    /// <param name="package">The Debian package that has it, for the reason.</param>
    public static string Find(string program, string package)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        string? found = $"{path}:/usr/sbin:/usr/local/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
        Demand(found is not null, $"'{program}' is not installed: apt-get install {package}");
        return found!; // Demand does not return otherwise
    }

    /// <summary>Skips the test, or fails it where peers are required, when Python lacks a module.</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="package">The Debian package that has it.</param>
    public static async Task FindModuleAsync(string module, string package)
    {
        Demand(File.Exists(Python), $"{Python} is not installed: apt-get install python3 {package}");
        await using var probe = PeerProcess.Start(Python, ["-c", $"import {module}"]);
        Demand(await probe.ExitAsync() == 0, $"{Python} has no module '{module}': apt-get install {package}");
    }

    /// <summary>The path of a script that lies beside this source.</summary>
    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Peers", name);

    private static void Demand(bool present, string reason)
    {
        if (string.Equals(Environment.GetEnvironmentVariable(RequireVariable), "1", StringComparison.Ordinal))
            Assert.True(present, $"{reason} ({RequireVariable} is 1).");
        else
            Assert.SkipUnless(present, reason);
    }
}
