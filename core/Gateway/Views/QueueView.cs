using BridgeFramework.Outbox;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>What waits on either way: samples for the hub, commands for devices.</summary>
/// <param name="PendingSamples">Samples that wait or are under way.</param>
/// <param name="PendingBytes">Bytes of them.</param>
/// <param name="OldestAge">How long the oldest of them has waited; absent where none waits.</param>
/// <param name="LatencyTarget">The latency that live values are to have.</param>
/// <param name="OutboxTrouble">Why samples are not safe on the disk just now; absent if they are.</param>
/// <param name="CommandsWaiting">Commands that wait for their turn or are being carried out.</param>
/// <param name="RepliesWaiting">Replies that the hub does not have yet.</param>
/// <param name="CommandTrouble">Why no command is carried out just now; absent if they are.</param>
internal sealed record QueueView(
    long PendingSamples, long PendingBytes, TimeSpan? OldestAge, TimeSpan LatencyTarget, string? OutboxTrouble, int CommandsWaiting, int RepliesWaiting, string? CommandTrouble)
{
    public bool Ok => OutboxTrouble is null && CommandTrouble is null;

    public static QueueView Of(BridgeGateway gateway, GatewayStatus status)
    {
        var total = OwnerLedger.Total(gateway.Ledgers);
        return new QueueView(
            total.Pending,
            status.Outbox.PendingBytes,
            status.Outbox.OldestAge,
            gateway.LatencyTarget,
            status.Outbox.Trouble,
            status.Downlink.CommandsWaiting + status.Downlink.CommandsUnderWay,
            status.Downlink.RepliesWaiting,
            status.Downlink.Trouble);
    }
}
