namespace BridgeFramework.Runtime;

/// <summary>What becomes of a sub-device that leaves, in the hands of those who have it.</summary>
internal interface IDepartureSteps
{
    /// <summary>Whether the hub can be reached now.</summary>
    bool IsConnected { get; }

    /// <summary>Whether something of it has to be sent, or is on its way.</summary>
    bool HasPending(SubDeviceId id);

    /// <summary>Gives up what still waits of it. Harmless where nothing does.</summary>
    void GiveUp(SubDeviceId id);

    /// <summary>Takes it offline at the hub, and unbinds it where that is wanted.</summary>
    /// <returns>Whether it is done; else it does not leave any more, or has to be asked for again.</returns>
    Task<bool> PartAsync(SubDeviceId id);

    /// <summary>It has left: nothing knows it any more.</summary>
    /// <param name="id">The sub-device.</param>
    /// <param name="others">Those that still leave.</param>
    void Forget(SubDeviceId id, IReadOnlyCollection<LeavingSubDevice> others);
}
