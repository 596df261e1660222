using System.Diagnostics;

namespace BridgeFramework.Gateway.Tests;

/// <summary>In a process of its own with the settings of the gateway's: what is tested is whether that one survives.</summary>
public sealed class PoolThreadTests
{
    // It takes 3 s; one that hangs is ended.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_plugin_keeps_what_it_holds_when_threads_that_worked_for_an_earlier_one_have_nothing_more_to_do()
    {
        var root = Directory.CreateTempSubdirectory("pool-threads-");
        try
        {
            string plugins = Path.Combine(root.FullName, "plugins");
            BuildOutput.DropFixture("pooled", plugins);

            var (exitCode, output) = await RunAsync(plugins, Path.Combine(root.FullName, "run"));

            Assert.Contains("all that it holds", output, StringComparison.Ordinal);
            Assert.Equal(0, exitCode);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string plugins, string runFolder)
    {
        string host = BuildOutput.ThreadHost;
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "exec", "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, "bridge.runtimeconfig.json"),
                "--depsfile", Path.ChangeExtension(host, ".deps.json"), host, plugins, runFolder,
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                // 50 ms without work, and a thread of the pool ends if it may; by default it is 20 s.
                ["DOTNET_ThreadPool_ThreadTimeoutMs"] = "50",
                ["DOTNET_DbgEnableMiniDump"] = "0",
            },
        };
        using var child = Process.Start(start) ?? throw new InvalidOperationException("The thread host did not start.");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            var error = child.StandardError.ReadToEndAsync(deadline.Token);
            string output = await child.StandardOutput.ReadToEndAsync(deadline.Token);
            await child.WaitForExitAsync(deadline.Token);
            return (child.ExitCode, output + await error);
        }
        finally
        {
            if (!child.HasExited) child.Kill();
        }
    }
}
