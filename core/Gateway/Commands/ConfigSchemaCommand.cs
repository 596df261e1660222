using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using BridgeFramework.Printing;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge config schema</c>: prints the JSON schema of <c>bridge.json</c>, with what the plugins'
/// manifests say of their drivers.</summary>
internal static class ConfigSchemaCommand
{
    private static readonly JsonSerializerOptions Printed = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create(ConfigurationOptions options)
    {
        var command = new Command(
            "schema", "Prints the JSON schema of bridge.json for an editor, the drivers of the plugins included. Loads no plugin.");
        options.AddTo(command);
        command.SetAction(async parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var result = options.Load(parsed);
            // Other mistakes do not matter: the schema is there to find them.
            if (result.PluginFolder is not { } folder)
            {
                PrintedMistakes.Write(result, error);
                return ExitCode.Mistakes;
            }

            var plugins = PluginManifests.In(folder);
            foreach (var failure in plugins.Failures) await error.SayAsync(failure.ToString());
            string schema = EditorSchema.Of(plugins.Drivers.Select(DriverSchemas.Of)).ToJsonString(Printed);
            await output.WriteLineAsync(ForeignText.Json(schema));
            return ExitCode.Success;
        });
        return command;
    }
}
