using System.CommandLine;
using BridgeFramework.IotHubEmulator;

var configuration = new Option<string>("--config")
{
    Description = "JSON file with the listeners and devices of the hub",
    Required = true,
    HelpName = "FILE",
};
var command = new RootCommand(
    "A local Tencent Cloud IoT Hub: MQTT broker, device registry, gateway operations and a small HTTP console, on loopback only.")
{
    configuration,
};
// System.CommandLine turns Ctrl+C and SIGTERM into the token.
command.SetAction(
    (parsed, stopping) => EmulatorProgram.RunAsync(parsed.GetRequiredValue(configuration), Console.Out, Console.Error, stopping));
var parsed = command.Parse(args);
int code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : code;
