namespace BridgeFramework.IotHubEmulator;

/// <summary>How far an upgrade task has come, by what the device said last.</summary>
public enum FirmwareTaskState
{
    /// <summary>The device has not begun.</summary>
    Waiting,

    /// <summary>The device (or its gateway) fetches the image.</summary>
    Downloading,

    /// <summary>The device writes the image. Some devices never say so.</summary>
    Burning,

    /// <summary>The device said that it succeeded. Final.</summary>
    Done,

    /// <summary>The device said that it failed. Final.</summary>
    Failed,
}

/// <summary>A task to bring one device to one version; a snapshot.</summary>
public sealed record FirmwareTask
{
    /// <summary>The device.</summary>
    public required HubDeviceId Device { get; init; }

    /// <summary>The version it shall have.</summary>
    public required string Version { get; init; }

    /// <summary>How far it is.</summary>
    public FirmwareTaskState State { get; init; }

    /// <summary>How much was downloaded, 0 to 100, by the device's last word.</summary>
    public int Percent { get; init; }

    /// <summary>The result the device sent last: 0, or -1 timed out, -2 no such file, -3 not authorised, -4
    /// wrong MD5, -5 upgrade failed.</summary>
    public int ResultCode { get; init; }

    /// <summary>The text the device sent with the result.</summary>
    public string ResultMessage { get; init; } = "";

    /// <summary>How often <c>update_firmware</c> was sent to the device, heard or not.</summary>
    public int Pushes { get; init; }

    /// <summary>Whether the device has said its last word on it.</summary>
    public bool IsFinished => State is FirmwareTaskState.Done or FirmwareTaskState.Failed;

    internal bool IsTo(string version) => string.Equals(Version, version, StringComparison.Ordinal);

    internal FirmwareTask After(FirmwareProgressReport report) => IsFinished ? this : this with
    {
        State = report.State,
        Percent = report.Percent ?? Percent,
        ResultCode = report.ResultCode,
        ResultMessage = report.ResultMessage,
    };
}
