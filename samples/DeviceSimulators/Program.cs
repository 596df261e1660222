using System.CommandLine;
using BridgeFramework.DeviceSimulators;

var root = new RootCommand("Simulated field devices for trying a gateway without hardware.") { ModbusCommand.Create() };
return await root.Parse(args).InvokeAsync();
