namespace BridgeFramework.DeviceSimulators;

/// <summary>What goes wrong with updates of a unit. Everything set applies, each in its time.</summary>
/// <remarks>
/// Faults at a block count the blocks since the image was announced, from 1, those that came twice included, and happen once.
/// The others happen in every update while they are set.
/// </remarks>
public sealed record FirmwareFault
{
    /// <summary>The announcement fails with this error, such as <see cref="FirmwareSlotError.VersionRefused"/>.</summary>
    public FirmwareSlotError? AtPrepare { get; set; }

    /// <summary>The check fails with this error, such as <see cref="FirmwareSlotError.Crc"/> or
    /// <see cref="FirmwareSlotError.WrongProduct"/>.</summary>
    public FirmwareSlotError? AtVerify { get; set; }

    /// <summary>Every request is answered with exception 06 while it erases.</summary>
    public bool BusyWhileErasing { get; set; }

    /// <summary>No request is answered while it erases.</summary>
    public bool SilentWhileErasing { get; set; }

    /// <summary>It takes this block and does not answer.</summary>
    public int? DropsAnswerOfBlock { get; set; }

    /// <summary>It takes neither this block nor any request for <see cref="SilentSeconds"/>, and then goes on.</summary>
    public int? SilentAtBlock { get; set; }

    /// <summary>How long it is silent at <see cref="SilentAtBlock"/>.</summary>
    public double SilentSeconds { get; set; } = 10;

    /// <summary>It loses power at this block: what it received is gone, and it comes back as after a reboot,
    /// with the old version.</summary>
    public int? LosesPowerAtBlock { get; set; }

    /// <summary>It reboots into the version that it ran before.</summary>
    public bool StaysOld { get; set; }
}
