using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Subscriptions that the hub may still have and nobody needs any more. Until they are ended their places are taken.</summary>
/// <remarks>Used under one lock; the alarm rings under that lock too.</remarks>
/// <param name="time">The clock.</param>
/// <param name="gate">The lock.</param>
/// <param name="wake">Called when one may be tried again.</param>
/// <param name="logger">The log.</param>
internal sealed class EndedSubscriptions(TimeProvider time, Lock gate, Action wake, ILogger logger)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly List<SubDevicePlan> _waiting = [];
    private readonly Alarm _rest = new(time, gate, wake);
    private int _underWay;

    public bool IsEmpty => _waiting.Count + _underWay == 0;

    /// <param name="device">The sub-device, as it was subscribed to.</param>
    public void Add(SubDevicePlan device) => _waiting.Add(device);

    /// <summary>Takes one to end.</summary>
    /// <param name="busy">Those that something is under way for: it could be the subscription.</param>
    public SubDevicePlan? Take(IReadOnlySet<SubDeviceId> busy)
    {
        if (_rest.IsSet || _waiting.Find(device => !busy.Contains(device.Id)) is not { } next) return null;
        _waiting.Remove(next);
        _underWay++;
        return next;
    }

    /// <summary>One is ended, or could not be.</summary>
    public void End(SubDevicePlan device, CloudAnswer answer)
    {
        _underWay--;
        if (answer.Event == CloudEvent.Accepted) return;
        SubDeviceLog.NotUnsubscribed(logger, device.Id, answer.Reason ?? "no answer", Rest.TotalSeconds);
        _waiting.Add(device);
        _rest.Set(Rest);
    }

    /// <summary>Another connection, or none: there are no subscriptions on it.</summary>
    public void Forget()
    {
        _waiting.Clear();
        _underWay = 0;
        _rest.Clear();
    }
}
