using BridgeFramework.Gateway;

int code = await BridgeCommand.RunAsync(args, Console.Out, Console.Error);
OwnProcess.EndSoon(code);
return code;
