using System.CommandLine;

namespace BridgeFramework.Gateway;

/// <summary>The command line of the program: its commands, its options, its exit codes.</summary>
internal static class BridgeCommand
{
    /// <summary>How long a command may take to end once it is told to, before the program ends without it. A driver has 10 s to
    /// end and 10 s to be disposed; service managers wait longer.</summary>
    public static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    /// <summary>Runs the program.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="output">Takes what was asked for.</param>
    /// <param name="error">Takes what is wrong.</param>
    /// <returns>An exit code, see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = Create().Parse(args);
        int code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = new PlainWriter(output),
            Error = new PlainWriter(error),
            ProcessTerminationTimeout = LongestStop,
        });
        return parsed.Errors.Count > 0 ? ExitCode.Mistakes : code;
    }

    private static RootCommand Create()
    {
        var options = new ConfigurationOptions();
        return new RootCommand("Connects devices that cannot reach the Internet to Tencent Cloud IoT Hub.")
        {
            RunCommand.Create(options),
            StatusCommand.Create(options),
            DeviceCommands.Create(options),
            FirmwareCommands.Create(options),
            HubCommands.Create(options),
            LedgerCommand.Create(options),
            PluginCommands.Create(options),
            ValidateCommand.Create(options),
            new Command("config", "Looks at the configuration, and has the running gateway take it over.")
            {
                ConfigShowCommand.Create(options),
                ConfigApplyCommand.Create(options),
                ConfigSchemaCommand.Create(options),
            },
        };
    }
}
