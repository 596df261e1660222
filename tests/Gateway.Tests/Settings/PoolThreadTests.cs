namespace BridgeFramework.Gateway.Tests;

/// <summary>In a process of its own with the settings of the gateway's: what is tested is whether that one survives.</summary>
public sealed class PoolThreadTests
{
    private static readonly Dictionary<string, string?> Impatient = new(StringComparer.Ordinal)
    {
        // 50 ms without work, and a thread of the pool ends if it may; by default it is 20 s.
        ["DOTNET_ThreadPool_ThreadTimeoutMs"] = "50",
        ["DOTNET_DbgEnableMiniDump"] = "0",
    };

    [Fact]
    public async Task A_plugin_keeps_what_it_holds_when_threads_that_worked_for_an_earlier_one_have_nothing_more_to_do()
    {
        var root = Directory.CreateTempSubdirectory("pool-threads-");
        try
        {
            string plugins = Path.Combine(root.FullName, "plugins");
            BuildOutput.DropFixture("pooled", plugins);

            string[] arguments = [plugins, Path.Combine(root.FullName, "run")];
            var (exitCode, output) = await AsBridge.RunAsync(BuildOutput.ThreadHost, arguments, Impatient);

            Assert.Contains("all that it holds", output, StringComparison.Ordinal);
            Assert.Equal(0, exitCode);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
