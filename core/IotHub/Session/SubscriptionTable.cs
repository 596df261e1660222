using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.IotHub;

/// <summary>The remembered subscriptions, in the order they were asked for.</summary>
internal sealed class SubscriptionTable
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, int> _remembered = new(StringComparer.Ordinal);

    public void Remember(string topic, int qos)
    {
        lock (_gate) _remembered[topic] = qos;
    }

    public bool Forget(string topic)
    {
        lock (_gate) return _remembered.Remove(topic);
    }

    /// <summary>The next remembered subscription that <paramref name="made"/> lacks.</summary>
    public bool TryNextMissing(Dictionary<string, int> made, [NotNullWhen(true)] out string? topic, out int qos)
    {
        lock (_gate)
        {
            foreach (var (remembered, wanted) in _remembered)
            {
                if (made.TryGetValue(remembered, out int had) && had == wanted) continue;
                (topic, qos) = (remembered, wanted);
                return true;
            }
        }

        (topic, qos) = (null, 0);
        return false;
    }
}
