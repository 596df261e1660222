using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>What an operator is told of sub-devices at the hub.</summary>
internal static partial class SubDeviceLog
{
    // Unknown is said of the channel as a whole, by its supervisor; here, once for each sub-device, only in detail.
    [LoggerMessage(EventId = 4001, Message = "{Device} is {Presence}{Reason}")]
    public static partial void Presence(ILogger logger, LogLevel level, SubDeviceId device, Presence presence, string reason);

    [LoggerMessage(4002, LogLevel.Debug, "{Device} at the hub: {From} -> {To}")]
    public static partial void Moved(ILogger logger, SubDeviceId device, CloudState from, CloudState to);

    [LoggerMessage(4003, LogLevel.Information, "{Device} is online ({Why})")]
    public static partial void Online(ILogger logger, SubDeviceId device, string why);

    [LoggerMessage(4004, LogLevel.Information, "{Device} is offline ({Reason})")]
    public static partial void Offline(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4005, LogLevel.Error, "The hub does not take {Device}: {Reason} Asking again in {Minutes:0} min")]
    public static partial void Refused(ILogger logger, SubDeviceId device, string reason, double minutes);

    [LoggerMessage(4015, LogLevel.Error, "The hub does not take {Device}: {Reason}")]
    public static partial void NothingToBindWith(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4006, LogLevel.Warning, "{Device}: {Reason}; asking again in {Seconds:0} s")]
    public static partial void Failed(ILogger logger, SubDeviceId device, string reason, double seconds);

    [LoggerMessage(4007, LogLevel.Warning,
        "The presence of {Device} flaps: held {Goal} at the hub until it has been the same for a minute")]
    public static partial void Flapping(ILogger logger, SubDeviceId device, CloudGoal goal);

    [LoggerMessage(4008, LogLevel.Warning,
        "'hub.maxSubscriptions' is {Max}: commands will not reach {Count} sub-devices; the status names them")]
    public static partial void OverBudget(ILogger logger, int max, int count);

    [LoggerMessage(4009, LogLevel.Warning, "{Device} is online, but commands will not reach it: {Reason}")]
    public static partial void Deaf(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4011, LogLevel.Information, "Binding {Device} to this gateway: {Why}")]
    public static partial void Binding(ILogger logger, SubDeviceId device, string why);

    [LoggerMessage(4012, LogLevel.Warning,
        "The hub says that {Device} is not bound, though it was. It is not bound again by itself ('hub.rebind'), and asked for again in "
            + "{Minutes:0} min; the hub's list is looked at meanwhile")]
    public static partial void Doubted(ILogger logger, SubDeviceId device, double minutes);

    [LoggerMessage(4013, LogLevel.Information, "{Device} was unbound: two complete lists of the hub, {Seconds:0} s apart, lack it")]
    public static partial void FoundUnbound(ILogger logger, SubDeviceId device, double seconds);

    [LoggerMessage(4014, LogLevel.Warning, "{Device} is not bound to this gateway any more: {Reason}")]
    public static partial void KeptUnbound(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4016, LogLevel.Information, "{Device} has left: at the hub it is {State}")]
    public static partial void Left(ILogger logger, SubDeviceId device, CloudState state);

    [LoggerMessage(4017, LogLevel.Warning, "{Device} leaves, and the hub refuses {Action}: {Reason} It stays there as it is")]
    public static partial void LeftBehind(ILogger logger, SubDeviceId device, CloudAction action, string reason);

    [LoggerMessage(4018, LogLevel.Information, "A subscription has become free: commands will reach {Device}")]
    public static partial void HasPlace(ILogger logger, SubDeviceId device);

    [LoggerMessage(4019, LogLevel.Warning,
        "The subscription to the commands of {Device} could not be ended: {Reason}; tried again in {Seconds:0} s")]
    public static partial void NotUnsubscribed(ILogger logger, SubDeviceId device, string reason, double seconds);

    [LoggerMessage(4010, LogLevel.Error, "{Action} of {Device} threw")]
    public static partial void Threw(ILogger logger, Exception exception, CloudAction action, SubDeviceId device);
}
