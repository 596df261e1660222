namespace BridgeFramework.DeviceSimulators;

/// <summary>What a unit does about its firmware, as register +16 of its control window says.</summary>
public enum FirmwareSlotState : ushort
{
    /// <summary>No update is under way.</summary>
    Idle = 0,

    /// <summary>It makes room.</summary>
    Erasing = 1,

    /// <summary>It takes blocks.</summary>
    Receiving = 2,

    /// <summary>It checks what it has.</summary>
    Verifying = 3,

    /// <summary>It waits to be told to start the image.</summary>
    Ready = 4,

    /// <summary>The update failed.</summary>
    Failed = 0x80,
}
