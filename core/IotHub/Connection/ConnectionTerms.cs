namespace BridgeFramework.IotHub;

/// <summary>What one connection goes by.</summary>
/// <param name="Endpoint">Where it leads; for what is said of it.</param>
/// <param name="Pace">How fast it may publish.</param>
/// <param name="Window">How many publishes may be unconfirmed at once.</param>
/// <param name="QueueCapacity">How many may wait in each priority.</param>
/// <param name="AnswerTime">How long the hub may leave a question open and stay silent.</param>
/// <param name="PublishDeadline">Time from writing a publish to its confirmation.</param>
internal sealed record ConnectionTerms(
    HubEndpoint Endpoint, PublishPace Pace, int Window, int QueueCapacity, TimeSpan AnswerTime, TimeSpan PublishDeadline);
