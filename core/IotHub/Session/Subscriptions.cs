using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>The remembered subscriptions, and the connection on which all of them are made.</summary>
internal sealed partial class Subscriptions(ILogger logger)
{
    // The hub takes one topic for each SUBSCRIBE, so a hundred of them one after another are a hundred round trips over LTE.
    private const int MostInFlight = 16;
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, int> _remembered = new(StringComparer.Ordinal);
    private HubConnection? _current;

    /// <summary>The connection that is up and subscribed; null while there is none.</summary>
    public HubConnection? Current => Volatile.Read(ref _current);

    /// <summary>Remembers a topic. Either restoring still sees it, or the caller gets the connection to subscribe on.</summary>
    public HubConnection? Remember(string topic, int qos)
    {
        lock (_gate)
        {
            _remembered[topic] = qos;
            return _current;
        }
    }

    public HubConnection? Forget(string topic)
    {
        lock (_gate)
        {
            _remembered.Remove(topic);
            return _current;
        }
    }

    /// <summary>The connection is over; there is none until the next one is restored.</summary>
    public void Lost() => Volatile.Write(ref _current, null);

    /// <summary>Makes the remembered subscriptions; then the connection is the current one.</summary>
    /// <returns>Those that the hub refused.</returns>
    /// <exception cref="HubOfflineException">The connection ended meanwhile.</exception>
    public async Task<IReadOnlyList<string>> RestoreAsync(HubConnection connection, CancellationToken stopping)
    {
        var asked = new Dictionary<string, int>(StringComparer.Ordinal);
        var refused = new List<string>();
        var inFlight = new List<Task>();
        try
        {
            while (!TryFinish(connection, asked, inFlight.Count, out string? topic, out int qos))
            {
                if (topic is not null && inFlight.Count < MostInFlight)
                {
                    asked[topic] = qos;
                    inFlight.Add(SubscribeAsync(topic, qos));
                    continue;
                }

                var answered = await Task.WhenAny(inFlight).ConfigureAwait(false);
                inFlight.Remove(answered);
                await answered.ConfigureAwait(false);
            }
        }
        finally
        {
            // If one failed the connection is over, and so are the others.
            await Task.WhenAll(inFlight).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return refused;

        async Task SubscribeAsync(string topic, int qos)
        {
            if (await connection.SubscribeAsync(topic, qos, stopping).ConfigureAwait(false)) return;
            LogRefused(logger, topic);
            lock (_gate) refused.Add(topic);
        }
    }

    /// <summary>All are made and answered: the connection is the current one. Otherwise the next one to ask for, if any is left.</summary>
    private bool TryFinish(HubConnection connection, Dictionary<string, int> asked, int inFlight, out string? topic, out int qos)
    {
        lock (_gate)
        {
            if (TryNextMissing(asked, out topic, out qos) || inFlight > 0) return false;
            _current = connection;
            return true;
        }
    }

    private bool TryNextMissing(Dictionary<string, int> asked, [NotNullWhen(true)] out string? topic, out int qos)
    {
        foreach (var (remembered, wanted) in _remembered)
        {
            if (asked.TryGetValue(remembered, out int had) && had == wanted) continue;
            (topic, qos) = (remembered, wanted);
            return true;
        }

        (topic, qos) = (null, 0);
        return false;
    }

    [LoggerMessage(2003, LogLevel.Warning,
        "The hub refused the subscription to '{Topic}' (SUBACK 0x80); tried again on the next connection")]
    private static partial void LogRefused(ILogger logger, string topic);
}
