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
    public required string Endpoint { get; init; }

    /// <summary>The number of the connection attempt, from 1.</summary>
    public required int Attempt { get; init; }
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Whether another client has connected as this gateway, as far as can be told, within the last 10 minutes.</summary>
    public required bool IsDisplaced { get; init; }

    /// <summary>The most recent trouble; kept while all is well again.</summary>
    public HubFaultView? LastFault { get; init; }
    public required IReadOnlyList<string> RefusedSubscriptions { get; init; }

    public static HubView Of(HubSessionStatus status, string endpoint, DateTimeOffset now) => new()
    {
        Ok = status.IsOnline,
        State = status.State,
        Since = status.Since,
        Endpoint = endpoint,
        Attempt = status.Attempt,
        RetryAt = status.RetryAt,
        IsDisplaced = now - status.DisplacedAt < Remembered,
        LastFault = status.LastFault is { } fault ? new HubFaultView(fault.Kind, fault.Message, fault.At, fault.NeedsOperator) : null,
        RefusedSubscriptions = status.RefusedSubscriptions,
    };
}

/// <summary>What went wrong with a connection.</summary>
internal sealed record HubFaultView(HubFaultKind Kind, string Message, DateTimeOffset At, bool NeedsOperator);
