namespace BridgeFramework.DeviceSimulators;

/// <summary>A coil or a discrete input.</summary>
public sealed record BitModel
{
    /// <summary>0..65535.</summary>
    public required ushort Address { get; init; }

    /// <summary>The value to begin with.</summary>
    public bool Value { get; set; }
}
