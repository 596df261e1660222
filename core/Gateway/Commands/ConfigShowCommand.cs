using System.CommandLine;
using BridgeFramework.Configuration;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge config show</c>: prints the configuration in force, with every secret masked.</summary>
internal static class ConfigShowCommand
{
    public static Command Create(ConfigurationOptions options)
    {
        var expanded = new Option<bool>("--expanded") { Description = "Every sub-device and point, with the origin of each value." };
        var command = new Command("show", "Prints the configuration in force; secrets as ***.") { expanded };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var result = options.Load(parsed).AllowingExposures(); // nothing starts
            PrintedMistakes.Write(result, parsed.InvocationConfiguration.Error);
            if (result.Plan is null) return ExitCode.Mistakes;
            ConfigurationPrinter.Print(result, parsed.GetValue(expanded), parsed.InvocationConfiguration.Output);
            return ExitCode.Success;
        });
        return command;
    }
}
