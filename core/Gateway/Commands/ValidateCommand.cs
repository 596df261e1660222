using System.CommandLine;
using BridgeFramework.Configuration;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge validate</c>: says every mistake of a configuration and starts nothing.</summary>
internal static class ValidateCommand
{
    public static Command Create(ConfigurationOptions options)
    {
        var command = new Command("validate", "Says every mistake of the configuration and starts nothing.");
        options.AddToChecking(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var loaded = options.Load(parsed);
            ConfigurationResult result;
            IReadOnlyList<string> failures;
            try
            {
                (result, failures) = await PluginSchemas.CheckAsync(loaded, cancellationToken);
            }
            catch (TemporaryFolderException exception)
            {
                PrintedMistakes.Write(loaded, error);
                await error.SayAsync($"The plugins cannot be checked: {exception.Message}");
                return ExitCode.Failure;
            }

            foreach (string failure in failures) await error.SayAsync(failure);
            PrintedMistakes.Write(result, error);
            if (result.Plan is not { } configuration) return ExitCode.Mistakes;
            await output.SayAsync(PrintedMistakes.Summary(configuration));
            return ExitCode.Success;
        });
        return command;
    }
}
