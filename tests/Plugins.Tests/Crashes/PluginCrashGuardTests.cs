using System.Diagnostics;

namespace BridgeFramework.Plugins.Tests;

/// <summary>In a process of its own: what is tested is whether that one survives.</summary>
public sealed class PluginCrashGuardTests
{
    [Theory]
    [InlineData("thread")]
    [InlineData("pool")]
    [InlineData("async void")]
    public async Task A_process_survives_an_exception_that_a_plugin_lets_go_and_knows_whose_it_was(string where)
    {
        var (exitCode, output) = await RunAsync(where, "guarded");

        Assert.Equal("misbehaving 0.1.0: nobody catches this", output.Trim());
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Without_the_guard_the_same_exception_ends_the_process()
    {
        var (exitCode, _) = await RunAsync("pool", "unguarded");

        Assert.NotEqual(0, exitCode);
    }

    [Fact]
    public async Task An_exception_of_the_program_itself_still_ends_it()
    {
        var (exitCode, output) = await RunAsync("", "own");

        Assert.NotEqual(0, exitCode);
        Assert.DoesNotContain("misbehaving", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string behaviour, string guard)
    {
        using var disk = new PluginsOnDisk();
        disk.DropMisbehaving(behaviour);
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { PluginsOnDisk.CrashHost, disk.Folder, disk.RunFolder, guard },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A crash of the child is what is asked for: no dump, no report.
            Environment = { ["DOTNET_DbgEnableMiniDump"] = "0" },
        };
        using var child = Process.Start(start) ?? throw new InvalidOperationException("The crash host did not start.");
        var error = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await error;
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (child.ExitCode, output);
    }
}
