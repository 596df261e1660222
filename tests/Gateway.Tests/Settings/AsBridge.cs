using System.Diagnostics;

namespace BridgeFramework.Gateway.Tests;

/// <summary>Runs a program in a process of its own with the runtime settings that <c>bridge</c> ships with.</summary>
internal static class AsBridge
{
    // Both programs take seconds; one that hangs is ended.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs it to its end.</summary>
    /// <param name="program">The program's DLL, with its <c>.deps.json</c> beside it.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">What stands for the machine that it runs on.</param>
    /// <returns>Its exit code and all that it said.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "exec", "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, "bridge.runtimeconfig.json"),
                "--depsfile", Path.ChangeExtension(program, ".deps.json"), program,
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var child = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
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
