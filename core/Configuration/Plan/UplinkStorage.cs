namespace BridgeFramework.Configuration;

/// <summary>Where values wait for the hub.</summary>
public enum UplinkStorage
{
    /// <summary>In files of the data folder: they outlive the process and, up to
    /// <see cref="UplinkSettings.CommitInterval"/>, a power cut.</summary>
    Disk,

    /// <summary>In memory: what waits when the process ends is lost.</summary>
    Memory,
}
