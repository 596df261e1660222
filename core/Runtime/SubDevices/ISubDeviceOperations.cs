using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>What can be asked of the hub for a sub-device. A seam: the gateway operations, or a fake that a test holds.</summary>
internal interface ISubDeviceOperations
{
    /// <summary>Carries out one action, any but <see cref="CloudAction.AnnounceVersion"/>, and tells what came of it; throws nothing but
    /// <see cref="OperationCanceledException"/>.</summary>
    Task<CloudAnswer> ExecuteAsync(CloudAction action, SubDevicePlan device, CancellationToken cancellationToken);

    /// <summary>Tells which firmware a sub-device runs, and what came of it: confirmed or failed; throws as above.</summary>
    Task<CloudAnswer> AnnounceVersionAsync(SubDeviceId device, string version, CancellationToken cancellationToken);

    /// <summary>Asks what is bound to the gateway; <see langword="null"/> if the hub does not say. Throws as above.</summary>
    Task<HubList?> ListAsync(CancellationToken cancellationToken);
}

/// <summary>What came of an action: one of the events that answers can be, and the hub's reason in words.</summary>
internal readonly record struct CloudAnswer(CloudEvent Event, string? Reason = null);
