namespace BridgeFramework.Modbus;

/// <summary>What a unit is doing about its firmware.</summary>
internal enum WindowState : ushort
{
    Idle = 0,
    Erasing = 1,
    Receiving = 2,
    Verifying = 3,
    Ready = 4,
    Failed = 0x80,
}

/// <summary>Why a unit takes no image, or not this one.</summary>
internal enum WindowError : ushort
{
    None = 0,
    Size = 1,
    Crc = 2,
    Flash = 3,
    WrongProduct = 4,
    Gap = 5,
    NotPermitted = 6,
    Timeout = 7,
    VersionRefused = 8,
}

internal static class WindowStates
{
    /// <summary>Whether the unit would refuse the same image again.</summary>
    public static bool IsFinal(this WindowError error) =>
        error is WindowError.Size or WindowError.WrongProduct or WindowError.NotPermitted or WindowError.VersionRefused;

    /// <summary>Gives the state for messages.</summary>
    public static string Describe(this WindowState state) => state switch
    {
        WindowState.Idle => "idle",
        WindowState.Erasing => "erasing",
        WindowState.Receiving => "receiving",
        WindowState.Verifying => "verifying",
        WindowState.Ready => "ready",
        WindowState.Failed => "failed",
        _ => $"in a state {(ushort)state} that the profile does not have",
    };

    /// <summary>Gives the error and what to do.</summary>
    public static string Describe(this WindowError error) => error switch
    {
        WindowError.None => "it gives no error: see the device's manual",
        WindowError.Size => "error 1, the size of the image: check that the image is for this device",
        WindowError.Crc => "error 2, the CRC of what it received is wrong: it is sent again when the update is tried again",
        WindowError.Flash => "error 3, its flash memory failed: if it fails again, replace the device",
        WindowError.WrongProduct => "error 4, the image is for another product: choose the image for this device",
        WindowError.Gap => "error 5, a part of the image is missing: it is sent again when the update is tried again",
        WindowError.NotPermitted => "error 6, updates are not permitted now: see the device's manual for how to allow them",
        WindowError.Timeout => "error 7, it waited too long for the image: check the line for disturbances",
        WindowError.VersionRefused => "error 8, it does not take this version: choose one that it may be changed to",
        _ => $"error {(ushort)error}, which the profile does not have: see the device's manual",
    };
}
