using System.CommandLine;
using BridgeFramework.Configuration;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge config show</c>: prints the configuration, of the files or of what runs, with every secret masked.</summary>
internal static class ConfigShowCommand
{
    public static Command Create(ConfigurationOptions options)
    {
        var expanded = new Option<bool>("--expanded") { Description = "Every sub-device and point, with the origin of each value." };
        var running = new Option<bool>("--running") { Description = "What the running gateway has, in the place of what the files say." };
        var command = new Command(
            "show", "Prints the configuration; secrets as ***. The first line says whether it is what the files say or what runs.")
        {
            expanded, running,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(running)
            ? ShowRunningAsync(options.Load(parsed), parsed.GetValue(expanded), parsed.InvocationConfiguration, cancellationToken)
            : ShowFilesAsync(options.Load(parsed), parsed.GetValue(expanded), parsed.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> ShowFilesAsync(
        ConfigurationResult loaded, bool expanded, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        var result = loaded.AllowingExposures(); // nothing starts
        PrintedMistakes.Write(result, console.Error);
        if (result.Plan is null) return ExitCode.Mistakes;
        await console.Output.WriteLineAsync("// What the configuration files say. 'bridge config show --running' prints what runs.");
        ConfigurationPrinter.Print(result, expanded, console.Output);
        await SayWhereItDiffersAsync(result, console.Error, cancellationToken);
        return ExitCode.Success;
    }

    private static async Task<int> ShowRunningAsync(
        ConfigurationResult loaded, bool expanded, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        try
        {
            using var client = AdminClient.Of(loaded, TimeProvider.System);
            var shown = await client.GetAsync(
                $"config?expanded={expanded}", AdminJson.Default.ConfigurationTextView, cancellationToken);
            await console.Output.WriteAsync(shown.Text);
            return ExitCode.Success;
        }
        catch (AdminException exception)
        {
            return await AdminCommand.FailAsync(console, asJson: false, exception.Error, ExitCode.Failure);
        }
    }

    /// <summary>Says so where a gateway runs on something else.</summary>
    private static async Task SayWhereItDiffersAsync(ConfigurationResult result, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            using var client = AdminClient.Of(result, TimeProvider.System);
            var status = await client.GetAsync("config/status", AdminJson.Default.ConfigurationView, cancellationToken);
            if (status.Remark is { } remark) await error.SayAsync(remark);
        }
        catch (AdminException)
        {
            // None runs, or it is not ours to ask: the files are what was asked for.
        }
    }
}
