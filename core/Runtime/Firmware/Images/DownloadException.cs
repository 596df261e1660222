using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>What kept an image from being fetched.</summary>
internal enum DownloadTrouble
{
    /// <summary>The connection could not be made, was lost or brought nothing for too long.</summary>
    Interrupted,

    /// <summary>The server cannot just now: 408, 429, 5xx.</summary>
    Busy,

    /// <summary>403: the address has lapsed.</summary>
    Expired,

    /// <summary>404 or 410.</summary>
    NotFound,

    /// <summary>The file is not the one that was announced.</summary>
    WrongFile,

    /// <summary>The server sends less than it says.</summary>
    Short,

    /// <summary>The server answers what cannot be used.</summary>
    Refused,

    /// <summary>The gateway's disk cannot take it.</summary>
    NoRoom,
}

/// <summary>An image could not be fetched; the message is for the cloud's console and for the operator:
/// without the address, which is signed.</summary>
internal sealed class DownloadException(DownloadTrouble trouble, string message, Exception? cause = null) : Exception(message, cause)
{
    public DownloadTrouble Trouble => trouble;

    public FirmwareResultCode Code => trouble switch
    {
        DownloadTrouble.Interrupted => FirmwareResultCode.TimedOut,
        DownloadTrouble.NotFound => FirmwareResultCode.NotFound,
        DownloadTrouble.Expired => FirmwareResultCode.NotAuthorized,
        DownloadTrouble.WrongFile => FirmwareResultCode.WrongDigest,
        _ => FirmwareResultCode.UpdateFailed,
    };
}
