using System.CommandLine;
using BridgeFramework.QuickStart;

var once = new Option<bool>("--once") { Description = "Ends after the tour: exit code 0, or 1 with the step that failed." };
var mqttPort = new Option<int>("--mqtt-port") { Description = "Port of the local hub's MQTT listener; a free one unless given." };
var httpPort = new Option<int>("--http-port") { Description = "Port of the local hub's console; a free one unless given." };
var modbusPort = new Option<int>("--modbus-port") { Description = "Port of the simulated Modbus devices; a free one unless given." };
var verbose = new Option<bool>("--verbose", "-v") { Description = "Shows the gateway's log as well." };
var command = new RootCommand("A local IoT Hub, four simulated Modbus devices and a gateway between them, on loopback.") { once, mqttPort,
    httpPort, modbusPort, verbose };

command.SetAction((parsed, stopping) => QuickStartCommand.RunAsync(
    new QuickStartOptions(
        parsed.GetValue(once), parsed.GetValue(mqttPort), parsed.GetValue(httpPort), parsed.GetValue(modbusPort), parsed.GetValue(verbose)),
    stopping));
return await command.Parse(args).InvokeAsync();
