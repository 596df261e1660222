namespace BridgeFramework.Disks;

/// <summary>The power has gone. No code expects it, as no code runs after it: whatever is done in its wake has no effect.</summary>
#pragma warning disable CA1032, RCS1194 // thrown by the disk alone
public sealed class PowerCutException() : Exception("The power has gone.");
#pragma warning restore CA1032, RCS1194
