using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>How devices without a secret of their own are registered.</summary>
/// <param name="Folder">Where what they are given is kept.</param>
/// <param name="Service">Where the service is; null for the public cloud.</param>
/// <param name="Hub">The hub they belong to: the service is trusted as that is.</param>
internal sealed record Registration(string Folder, Uri? Service, HubEndpoint Hub)
{
    /// <param name="time">The clock of its signatures.</param>
    /// <param name="clockFloorFile">See <see cref="HubSessionOptions.ClockFloorFile"/>; for a clock that is not the hub's.</param>
    public DeviceRegistrar With(TimeProvider time, string? clockFloorFile = null) => new(Folder, time, Service, clockFloorFile, Hub);
}
