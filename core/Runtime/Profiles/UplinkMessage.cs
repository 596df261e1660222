namespace BridgeFramework.Runtime;

/// <summary>One message to the hub: its payload, and whether it goes where events go.</summary>
internal readonly record struct UplinkMessage(bool IsEvent, ReadOnlyMemory<byte> Payload);
