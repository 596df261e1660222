namespace BridgeFramework.IotHub;

/// <summary>How fast one connection may publish.</summary>
/// <remarks>The cloud takes 20 messages a second from a connection, whatever sub-devices they are for.</remarks>
/// <param name="PerSecond">Sustained rate, messages a second, greater than 0; infinity means unlimited.</param>
/// <param name="Burst">How many may go at once after a pause; at least 1. Never more than this, or the rate
/// if that is more, in any one second.</param>
public sealed record PublishPace(double PerSecond, int Burst)
{
    /// <summary>15 a second with bursts of 20, and never more than 20 in any one second: what the cloud takes.</summary>
    public static PublishPace Cloud { get; } = new(15, 20);

    /// <summary>No limit, for private brokers.</summary>
    public static PublishPace Unlimited { get; } = new(double.PositiveInfinity, 1);

    internal bool IsUnlimited => double.IsPositiveInfinity(PerSecond);
}
