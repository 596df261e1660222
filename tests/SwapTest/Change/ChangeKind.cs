namespace BridgeFramework.SwapTest;

/// <summary>What is changed, in the order in which it is.</summary>
internal enum ChangeKind
{
    /// <summary>A sub-device comes to a channel whose driver takes it while it runs.</summary>
    DeviceAddedLive,

    /// <summary>A point of a sub-device has another unit.</summary>
    PointChanged,

    /// <summary>A sub-device comes to a channel that has to start anew for it.</summary>
    DeviceAdded,

    /// <summary>The file cannot be read.</summary>
    InvalidFile,

    /// <summary>A setting of the hub that needs a new connection.</summary>
    Reconnects,

    /// <summary>A channel with three sub-devices comes, or goes where it is there.</summary>
    ChannelAdded,

    /// <summary>A sub-device goes to another channel.</summary>
    DeviceMoved,

    /// <summary>The channel goes that came, or comes where it is not there.</summary>
    ChannelRemoved,

    /// <summary>A setting of the hub that needs no new connection.</summary>
    RateChanged,

    /// <summary>A setting that a gateway does not change while it runs.</summary>
    NeedsRestart,

    /// <summary>More than half of the sub-devices go.</summary>
    MostRemoved,

    /// <summary>A sub-device has another setting.</summary>
    SettingChanged,

    /// <summary>A channel has another setting.</summary>
    ChannelSettingChanged,

    /// <summary>A sub-device goes.</summary>
    DeviceRemoved,
}
