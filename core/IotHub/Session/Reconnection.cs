namespace BridgeFramework.IotHub;

/// <summary>What the end of a connection says, and how long to wait before the next one.</summary>
/// <param name="settings">What the session goes by.</param>
/// <param name="jitter">Random numbers, 0 up to but not 1.</param>
internal sealed class Reconnection(SessionSettings settings, Func<double> jitter)
{
    private DisplacementSign _displaced = new();
    private int _failures;
    private bool _hasStood; // the last connection, for a while

    /// <summary>Whatever went wrong before, it was with other settings.</summary>
    public void BeginAnew() => (_displaced, _failures, _hasStood) = (new DisplacementSign(), 0, false);

    /// <summary>An attempt did not come to a connection.</summary>
    public void NotConnected()
    {
        _displaced.NotConnected();
        _hasStood = false;
    }

    /// <summary>A connection ended.</summary>
    /// <param name="fault">Why, as it says itself.</param>
    /// <param name="byHub">Whether the other side ended it.</param>
    /// <param name="stood">How long it was up.</param>
    /// <param name="now">Elapsed time; never goes back.</param>
    /// <returns>Why, in the light of those before it.</returns>
    public HubFault Ended(HubFault fault, bool byHub, TimeSpan stood, TimeSpan now)
    {
        _hasStood = stood >= DisplacementSign.Short;
        if (stood >= settings.Newest.ReconnectDelays.StableAfter) _failures = 0;
        if (!_displaced.Ended(byHub, stood, now)) return fault;
        var (endpoint, gateway) = (settings.InUse.EffectiveEndpoint, settings.InUse.Gateway);
        return fault with
        {
            Kind = HubFaultKind.Displaced,
            Message = $"{endpoint} accepted and then closed {DisplacementSign.Enough} connections and more, each within "
                + $"{DisplacementSign.Short.TotalSeconds:0} s: most likely another client connects as {gateway}. Find it and stop "
                + "it, or give one of the two another identity. If there is none, something between here and the hub resets connections, "
                + "or the hub restarts.",
        };
    }

    /// <summary>How long to wait after a failure.</summary>
    public TimeSpan NextDelay(HubFaultKind kind) => settings.Newest.ReconnectDelays.For(++_failures, kind, jitter(), _hasStood);
}
