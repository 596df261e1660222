using System.CommandLine;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge validate</c>: says every mistake of a configuration and starts nothing.</summary>
internal static class ValidateCommand
{
    public static Command Create(ConfigurationOptions options)
    {
        var command = new Command("validate", "Says every mistake of the configuration and starts nothing.");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var (result, failures) = await PluginSchemas.CheckAsync(options.Load(parsed), cancellationToken);
            foreach (string failure in failures) await error.WriteLineAsync(failure);
            PrintedMistakes.Write(result, error);
            if (result.Plan is not { } configuration) return ExitCode.Mistakes;
            await output.WriteLineAsync(PrintedMistakes.Summary(configuration));
            return ExitCode.Success;
        });
        return command;
    }
}
