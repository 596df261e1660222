using System.Numerics;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>Tells the operator what a session does: one line for each change, with the level it deserves.</summary>
/// <remarks>An attempt that fails as the one before did is no change: of these the 2nd, 4th, 8th … are told, and from the 64th on each
/// 64th, which is about one in an hour.</remarks>
/// <param name="logger">Where to.</param>
/// <param name="settings">What the session goes by.</param>
internal sealed partial class SessionJournal(ILogger logger, SessionSettings settings)
{
    private const int Sparse = 64;
    private HubFault? _last;
    private int _repeats;

    /// <param name="happened">What happened to it.</param>
    /// <param name="from">Where it stood.</param>
    /// <param name="now">Where it stands.</param>
    /// <param name="delay">The wait before the next attempt, when it backs off.</param>
    public void Tell(HubSessionEvent happened, HubSessionState from, HubSessionStatus now, TimeSpan delay)
    {
        var (endpoint, gateway) = (settings.InUse.EffectiveEndpoint, settings.InUse.Gateway);
        switch (now.State)
        {
            case HubSessionState.Connecting when happened == HubSessionEvent.SettingsChanged:
                _last = null;
                LogSettingsChanged(logger, endpoint, gateway, now.Attempt);
                break;
            case HubSessionState.Connecting:
                LogConnecting(logger, endpoint, gateway, now.Attempt);
                break;
            case HubSessionState.Online:
                _last = null;
                LogConnected(logger, endpoint, gateway, now.Attempt);
                break;
            case HubSessionState.Offline:
                LogStopped(logger, endpoint, gateway, from);
                break;
            case HubSessionState.BackingOff when now.LastFault is { } fault:
                string reason = fault.Message.TrimEnd('.');
                if (!IsNews(fault)) LogRepeated(logger, reason, now.Attempt + 1, delay.TotalSeconds);
                else if (fault.NeedsOperator) LogOperatorNeeded(logger, reason, now.Attempt + 1, delay.TotalSeconds);
                else LogRetry(logger, reason, now.Attempt + 1, delay.TotalSeconds);
                break;
        }
    }

    private bool IsNews(HubFault fault)
    {
        bool isRepeated = fault.Kind == _last?.Kind && string.Equals(fault.Message, _last?.Message, StringComparison.Ordinal);
        _last = fault;
        _repeats = isRepeated ? _repeats + 1 : 1;
        return _repeats < Sparse ? BitOperations.IsPow2(_repeats) : _repeats % Sparse == 0;
    }

    [LoggerMessage(2000, LogLevel.Information, "Connected to {Endpoint} as {Gateway} (attempt {Attempt})")]
    private static partial void LogConnected(ILogger logger, HubEndpoint endpoint, DeviceIdentity gateway, int attempt);

    [LoggerMessage(2001, LogLevel.Error, "{Fault}; somebody must act. Attempt {Next} in {Seconds:0.0} s")]
    private static partial void LogOperatorNeeded(ILogger logger, string fault, int next, double seconds);

    [LoggerMessage(2002, LogLevel.Warning, "{Fault}; attempt {Next} in {Seconds:0.0} s")]
    private static partial void LogRetry(ILogger logger, string fault, int next, double seconds);

    [LoggerMessage(2008, LogLevel.Debug, "{Fault}, as before; attempt {Next} in {Seconds:0.0} s")]
    private static partial void LogRepeated(ILogger logger, string fault, int next, double seconds);

    [LoggerMessage(2005, LogLevel.Debug, "Connecting to {Endpoint} as {Gateway} (attempt {Attempt})")]
    private static partial void LogConnecting(ILogger logger, HubEndpoint endpoint, DeviceIdentity gateway, int attempt);

    [LoggerMessage(2009, LogLevel.Information,
        "The settings of the hub session have changed: connecting anew, to {Endpoint} as {Gateway} (attempt {Attempt})")]
    private static partial void LogSettingsChanged(ILogger logger, HubEndpoint endpoint, DeviceIdentity gateway, int attempt);

    [LoggerMessage(2006, LogLevel.Information, "Hub session of {Gateway} at {Endpoint} stopped (was {From})")]
    private static partial void LogStopped(ILogger logger, HubEndpoint endpoint, DeviceIdentity gateway, HubSessionState from);
}
