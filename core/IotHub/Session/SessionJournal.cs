using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>Tells the operator what a session does: one line for each change, with the level it deserves.</summary>
internal static partial class SessionJournal
{
    /// <param name="logger">Where to.</param>
    /// <param name="options">Whose session.</param>
    /// <param name="from">Where it stood.</param>
    /// <param name="now">Where it stands.</param>
    /// <param name="delay">The wait before the next attempt, when it backs off.</param>
    public static void Tell(ILogger logger, HubSessionOptions options, HubSessionState from, HubSessionStatus now, TimeSpan delay)
    {
        var (endpoint, gateway) = (options.EffectiveEndpoint, options.Gateway);
        switch (now.State)
        {
            case HubSessionState.Connecting:
                LogConnecting(logger, endpoint, gateway, now.Attempt);
                break;
            case HubSessionState.Online:
                LogConnected(logger, endpoint, gateway, now.Attempt);
                break;
            case HubSessionState.Offline:
                LogStopped(logger, endpoint, gateway, from);
                break;
            case HubSessionState.BackingOff when now.LastFault is { } fault:
                string reason = fault.Message.TrimEnd('.');
                if (fault.NeedsOperator) LogOperatorNeeded(logger, reason, now.Attempt + 1, delay.TotalSeconds);
                else LogRetry(logger, reason, now.Attempt + 1, delay.TotalSeconds);
                break;
        }
    }

    [LoggerMessage(2000, LogLevel.Information, "Connected to {Endpoint} as {Gateway} (attempt {Attempt})")]
    private static partial void LogConnected(ILogger logger, HubEndpoint endpoint, DeviceIdentity gateway, int attempt);

    [LoggerMessage(2001, LogLevel.Error, "{Fault}; somebody must act. Attempt {Next} in {Seconds:0.0} s")]
    private static partial void LogOperatorNeeded(ILogger logger, string fault, int next, double seconds);

    [LoggerMessage(2002, LogLevel.Warning, "{Fault}; attempt {Next} in {Seconds:0.0} s")]
    private static partial void LogRetry(ILogger logger, string fault, int next, double seconds);

    [LoggerMessage(2005, LogLevel.Debug, "Connecting to {Endpoint} as {Gateway} (attempt {Attempt})")]
    private static partial void LogConnecting(ILogger logger, HubEndpoint endpoint, DeviceIdentity gateway, int attempt);

    [LoggerMessage(2006, LogLevel.Information, "Hub session of {Gateway} at {Endpoint} stopped (was {From})")]
    private static partial void LogStopped(ILogger logger, HubEndpoint endpoint, DeviceIdentity gateway, HubSessionState from);
}
