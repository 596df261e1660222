namespace BridgeFramework.IotHub;

/// <summary>A connection did not come about; the session turns it into a <see cref="HubFault"/>.</summary>
internal sealed class HubConnectException(HubFaultKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public HubFaultKind Kind { get; } = kind;
}
