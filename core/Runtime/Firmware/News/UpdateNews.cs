using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>What the hub can be told of an update.</summary>
internal enum UpdateNewsKind
{
    Downloading,
    Burning,
    Done,
    Failed,
}

/// <summary>Something the hub is to be told of an update.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Version">The version that the update brings.</param>
internal sealed record UpdateNews(UpdateNewsKind Kind, string Version)
{
    /// <summary>How much is fetched, in percent.</summary>
    public int Percent { get; init; }

    /// <summary>Of a failure: how the hub knows it.</summary>
    public FirmwareResultCode Code { get; init; }

    /// <summary>Of a failure: why.</summary>
    public string Message { get; init; } = "";

    /// <summary>Set when the hub has confirmed it, where somebody waits for that.</summary>
    public TaskCompletionSource? Confirmed { get; init; }

    /// <summary>Whether nothing comes after it.</summary>
    public bool IsEnd => Kind is UpdateNewsKind.Done or UpdateNewsKind.Failed;

    public HubPublish ToMessage(DeviceIdentity device) => Kind switch
    {
        UpdateNewsKind.Downloading => FirmwareUplink.Downloading(device, Version, Percent),
        UpdateNewsKind.Burning => FirmwareUplink.Burning(device, Version),
        UpdateNewsKind.Done => FirmwareUplink.Done(device, Version),
        _ => FirmwareUplink.Failed(device, Version, Code, Message),
    };
}
