using BridgeFramework.Gateway;

return await BridgeCommand.RunAsync(args, Console.Out, Console.Error);
