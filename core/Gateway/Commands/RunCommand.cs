using System.CommandLine;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge run</c>: runs the gateway until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create(ConfigurationOptions options)
    {
        var command = new Command("run", "Runs the gateway until it is told to stop.");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(options.Load(parsed), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    /// <summary>Runs a gateway; nothing starts when its configuration has mistakes.</summary>
    /// <param name="result">The configuration, not yet held against the drivers' schemas.</param>
    /// <param name="output">Takes what the operator should see.</param>
    /// <param name="error">Takes mistakes.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C and by the service manager.</param>
    internal static async Task<int> RunAsync(ConfigurationResult result, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        MistakeReport.Write(result, error);
        if (result.Configuration is not { } configuration) return ExitCode.Mistakes;
        await output.WriteLineAsync(MistakeReport.Summary(configuration));
        return ExitCode.Success;
    }
}
