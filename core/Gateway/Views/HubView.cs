using BridgeFramework.IotHub;

namespace BridgeFramework.Gateway;

/// <summary>The connection to the hub.</summary>
internal sealed record HubView
{
    /// <summary>Two gateways that displace each other are both online most of the time.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    public required bool Ok { get; init; }
    public required HubSessionState State { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>How long that is, whatever has become of the clock meanwhile.</summary>
    public required TimeSpan For { get; init; }
    public required string Endpoint { get; init; }

    /// <summary>The number of the connection attempt, from 1.</summary>
    public required int Attempt { get; init; }
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>How long it is until then; absent unless it waits to try again.</summary>
    public TimeSpan? RetryIn { get; init; }

    /// <summary>Whether another client has connected as this gateway, as far as can be told, within the last 10 minutes.</summary>
    public required bool IsDisplaced { get; init; }

    /// <summary>The most recent trouble; kept while all is well again.</summary>
    public HubFaultView? LastFault { get; init; }
    public required IReadOnlyList<string> RefusedSubscriptions { get; init; }

    public static HubView Of(HubSessionStatus status, string endpoint, TimeProvider time)
    {
        var lasted = time.GetElapsedTime(status.SinceTimestamp);
        return new HubView
        {
            Ok = status.IsOnline,
            State = status.State,
            Since = status.Since,
            For = lasted,
            Endpoint = endpoint,
            Attempt = status.Attempt,
            RetryAt = status.RetryAt,
            RetryIn = status.RetryAt - status.Since is { } delay ? TimeSpan.FromTicks(Math.Max(0, (delay - lasted).Ticks)) : null,
            IsDisplaced = status.DisplacedTimestamp is { } displaced && time.GetElapsedTime(displaced) < Remembered,
            LastFault = status is { LastFault: { } fault, LastFaultTimestamp: { } then }
                ? new HubFaultView(fault.Kind, fault.Message, fault.At, time.GetElapsedTime(then), fault.NeedsOperator) : null,
            RefusedSubscriptions = status.RefusedSubscriptions,
        };
    }
}

/// <summary>What went wrong with a connection.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="At">When it was, as the clock said then.</param>
/// <param name="Age">How long ago that is, whatever has become of the clock meanwhile.</param>
/// <param name="NeedsOperator">Whether somebody must act.</param>
internal sealed record HubFaultView(HubFaultKind Kind, string Message, DateTimeOffset At, TimeSpan Age, bool NeedsOperator);
