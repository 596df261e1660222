namespace BridgeFramework.DeviceSimulators;

/// <summary>Why an update failed or a command was refused, as register +17 of the control window says.</summary>
public enum FirmwareSlotError : ushort
{
    /// <summary>All is well.</summary>
    None = 0,

    /// <summary>An image of this size does not fit.</summary>
    Size = 1,

    /// <summary>The CRC32 is not the one announced.</summary>
    Crc = 2,

    /// <summary>The flash memory failed.</summary>
    Flash = 3,

    /// <summary>The image is for another product.</summary>
    WrongProduct = 4,

    /// <summary>A part of the image is missing.</summary>
    Gap = 5,

    /// <summary>The command does not fit the state.</summary>
    NotPermitted = 6,

    /// <summary>The image did not come in time.</summary>
    Timeout = 7,

    /// <summary>The unit does not take this version.</summary>
    VersionRefused = 8,
}
