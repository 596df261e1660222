namespace BridgeFramework.QuickStart;

/// <summary>What the command line asks for. Port 0 takes a free one.</summary>
internal sealed record QuickStartOptions(bool Once, int MqttPort, int HttpPort, int ModbusPort, bool Verbose);
