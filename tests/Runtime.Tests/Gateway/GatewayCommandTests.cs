using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using BridgeFramework.Files;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What the command of a self-update gets to see of the gateway that runs it.</summary>
public sealed class GatewayCommandTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(7 * i))];

    /// <summary>As an operator may have it: a secret, and what systemd hands to a service.</summary>
    private static readonly string[] NotForIt = ["GATEWAY_COMMAND_TESTS_SECRET", "LC_GATEWAY_COMMAND_TESTS_SECRET", "NOTIFY_SOCKET"];

    [Fact]
    public async Task It_has_a_clean_environment_with_what_there_is_to_know_of_the_update()
    {
        Assert.SkipUnless(File.Exists("/proc/self/environ"), "There is no /proc/self/environ here.");
        foreach (string name in NotForIt) Environment.SetEnvironmentVariable(name, "hush");
        Environment.SetEnvironmentVariable("LC_TELEPHONE", "C.UTF-8");
        await using var bench = await StartAsync(bench => ["/bin/cp", "/proc/self/environ", bench.In("seen")]);

        var seen = (await SeenAsync(bench)).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(variable => variable.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

        string[] mayPass =
        [
            "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES",
            "LC_MONETARY", "LC_NUMERIC", "LC_TIME", "LC_TELEPHONE", "LC_PAPER", "LC_NAME", "LC_ADDRESS", "LC_MEASUREMENT",
            "LC_IDENTIFICATION", "XDG_RUNTIME_DIR",
        ];
        Assert.Empty(seen.Keys.Where(name => !name.StartsWith("BRIDGE_UPDATE_", StringComparison.Ordinal)).Except(
            mayPass, StringComparer.Ordinal));
        Assert.Equal(
            ("C.UTF-8", "0.1.0", "99.0.0", Convert.ToHexStringLower(SHA256.HashData(Image))),
            (seen["LC_TELEPHONE"], seen["BRIDGE_UPDATE_FROM"], seen["BRIDGE_UPDATE_VERSION"], seen["BRIDGE_UPDATE_SHA256"]));
        Assert.True(File.Exists(seen["BRIDGE_UPDATE_IMAGE"]));
        Assert.NotEmpty(seen["PATH"]);
    }

    [Fact]
    public async Task It_runs_in_a_folder_of_its_own_that_is_empty()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "There is no /bin/sh here.");
        await using var bench = await StartAsync(bench =>
        {
            Directory.CreateDirectory(bench.In("command"));
            File.WriteAllText(Path.Combine(bench.In("command"), "left"), "by an earlier one");
            return ["/bin/sh", "-c", $"( pwd -P; ls -A ) > {bench.In("seen")}"];
        });

        Assert.Equal(bench.In("command") + "\n", await SeenAsync(bench));
    }

    [Fact]
    public async Task It_inherits_no_files_but_the_outputs_and_nobody_answers_it()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "There is no /proc/self/fd here.");
        int inherited = Duplicate(1, 0, 500); // F_DUPFD, from 500 on: without close-on-exec, as a native library opens its files
        try
        {
            await using var bench = await StartAsync(
                bench => ["/bin/sh", "-c", $"read answer; echo $? > {bench.In("seen")}; ls /proc/$$/fd >> {bench.In("seen")}"]);

            string[] seen = (await SeenAsync(bench)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("1", seen[0]); // the end of its input
            // The shell has one more, 10.
            Assert.All(seen[1..], descriptor => Assert.InRange(int.Parse(descriptor, CultureInfo.InvariantCulture), 0, 10));
        }
        finally
        {
            _ = Close(inherited);
        }
    }

    private static Task<FirmwareBench> StartAsync(Func<FirmwareBench, string[]> command) => FirmwareBench.StartAsync(prepare: bench =>
    {
        string[] words = command(bench);
        bench.MakeTarget = () => new GatewayTarget(words, new PrivateFolder(bench.In("command")), "0.1.0", bench.Time);
    });

    private static async Task<string> SeenAsync(FirmwareBench bench)
    {
        bench.Assign(1, bench.Add("99.0.0", Image));
        await bench.Until("the command has run", () => bench.StatusOf(1) is { Phase: UpdatePhase.Confirming or UpdatePhase.Failed });
        Assert.Null(bench.StatusOf(1)?.Reason);
        return await File.ReadAllTextAsync(bench.In("seen"), TestContext.Current.CancellationToken);
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int descriptor, int command, int from);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
