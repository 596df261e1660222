namespace BridgeFramework.IotHubEmulator;

/// <summary>A message a gateway published on a system topic it may publish to.</summary>
/// <param name="Device">The device the topic names: the gateway itself or a sub-device bound to it.</param>
internal sealed record SystemRequest(HubConnection Connection, HubDeviceId Device, string Topic, ReadOnlyMemory<byte> Payload);

/// <summary>What the hub sends back for a request.</summary>
/// <param name="Fault">The fault that strikes this answer, if any.</param>
internal sealed record HubAnswer(string Topic, byte[] Payload, HubFault? Fault = null);

/// <summary>One family of system topics: gateway operations, system time, and what may follow.</summary>
internal interface ISystemService
{
    /// <summary>Whether <paramref name="topic"/> belongs to this family.</summary>
    bool Handles(string topic);

    /// <summary>Carries out a request and says what to answer; <see langword="null"/> when it makes no sense.</summary>
    IReadOnlyList<HubAnswer>? Handle(SystemRequest request);
}
