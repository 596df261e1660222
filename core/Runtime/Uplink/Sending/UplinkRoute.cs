namespace BridgeFramework.Runtime;

/// <summary>How a sub-device's messages look and where they go.</summary>
/// <param name="DataTopic">Where values go.</param>
/// <param name="EventTopic">Where events go.</param>
/// <param name="Encoder">Makes the messages.</param>
internal sealed record UplinkRoute(string DataTopic, string EventTopic, IUplinkEncoder Encoder);
