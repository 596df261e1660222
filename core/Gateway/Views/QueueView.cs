using BridgeFramework.Outbox;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>What waits on either way: samples for the hub, commands for devices.</summary>
/// <param name="PendingSamples">Samples that wait or are under way.</param>
/// <param name="PendingBytes">Bytes of them.</param>
/// <param name="LatencyTarget">The latency that live values are to have.</param>
/// <param name="CommandsWaiting">Commands that wait for their turn or are being carried out.</param>
/// <param name="RepliesWaiting">Replies that the hub does not have yet.</param>
/// <param name="OldestAge">How long the oldest sample has waited; absent where none waits.</param>
/// <param name="OutboxTrouble">Why samples are not safe on the disk just now; absent if they are.</param>
/// <param name="CommandTrouble">Why no command is carried out just now; absent if they are.</param>
internal sealed record QueueView(
    long PendingSamples, long PendingBytes, TimeSpan LatencyTarget, int CommandsWaiting, int RepliesWaiting,
    TimeSpan? OldestAge = null, string? OutboxTrouble = null, string? CommandTrouble = null)
{
    /// <summary>What was found damaged when the gateway started, and what became of it; absent if nothing was.</summary>
    public IReadOnlyList<string>? OutboxDamage { get; init; }

    public bool Ok => OutboxTrouble is null && CommandTrouble is null;

    public static QueueView Of(BridgeGateway gateway, GatewayStatus status)
    {
        var total = OwnerLedger.Total(gateway.Ledgers);
        return new QueueView(
            total.Pending,
            status.Outbox.PendingBytes,
            gateway.LatencyTarget,
            status.Downlink.CommandsWaiting + status.Downlink.CommandsUnderWay,
            status.Downlink.RepliesWaiting,
            status.Outbox.OldestAge,
            status.Outbox.Trouble,
            status.Downlink.Trouble)
        {
            OutboxDamage = status.Outbox.Damage is { Count: > 0 } damage ? damage : null,
        };
    }
}
