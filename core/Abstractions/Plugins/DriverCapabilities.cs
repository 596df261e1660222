namespace BridgeFramework;

/// <summary>The opt-in interfaces of a driver.</summary>
[Flags]
public enum DriverCapabilities
{
    /// <summary>The driver only reports.</summary>
    None = 0,

    /// <summary><see cref="ILiveDevices"/>: sub-devices come, change and go while the channel runs.</summary>
    LiveDevices = 1,

    /// <summary><see cref="ICommandHandler"/>: points can be written and read on demand, actions invoked.</summary>
    Commands = 2,

    /// <summary><see cref="IFirmwareUpdater"/>: sub-devices can be given a firmware image.</summary>
    Firmware = 4,

    /// <summary><see cref="IPairing"/>: unknown devices can be let in for a while.</summary>
    Pairing = 8,

    /// <summary><see cref="IDriverActions"/>: the driver has actions of its own.</summary>
    Actions = 16,
}
