using BridgeFramework.Configuration;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>What a task of the hub or an order of an operator makes of an update. Pure.</summary>
internal static class UpdateTransition
{
    /// <summary>Why there is no update of a device that the gateway does not have any more.</summary>
    public const string Removed = "It was removed from the gateway's configuration.";

    /// <summary>What an update that the hub wants begins with.</summary>
    /// <param name="device">The device.</param>
    /// <param name="task">What the hub wants.</param>
    /// <param name="inForce">The version that the device runs, held against the wanted one.</param>
    /// <param name="policy">When it may be given firmware.</param>
    /// <param name="policyPath">Where that is in the configuration.</param>
    /// <param name="now">The time.</param>
    public static UpdateRecord Begin(
        SubDeviceId device, FirmwareTask task, InForce inForce, UpdatePolicy policy, string policyPath, DateTimeOffset now)
    {
        var record = new UpdateRecord
        {
            Device = device.ToString(),
            Task = task,
            Phase = UpdatePhase.Downloading,
            CreatedAt = now,
            From = inForce.Version,
            IsUncompared = inForce.IsUncompared,
            Reason = "",
        };
        if (string.Equals(inForce.Version, task.Version, StringComparison.Ordinal)) return record with { Phase = UpdatePhase.Done };
        if (!policy.AllowDowngrade && !inForce.IsUncompared && IsDowngrade(task, inForce))
            return Fail(record, FirmwareResultCode.UpdateFailed,
                $"It runs {inForce.Version}, and {task.Version} would be a downgrade: '{policyPath}.allowDowngrade' permits that.");
        return policy.HoldForApproval
            ? record with { Phase = UpdatePhase.Held, Reason = "It waits for an operator: 'bridge firmware approve'." } : record;
    }

    /// <summary>The driver has said at last how the versions compare.</summary>
    /// <param name="record">The update as it stands.</param>
    /// <param name="begin">Begins with what the hub wants, knowing that.</param>
    public static UpdateRecord Compared(UpdateRecord record, Func<FirmwareTask, UpdateRecord> begin)
    {
        var begun = begin(record.Task);
        return (begun.IsFinal ? record with { Phase = begun.Phase, Code = begun.Code } : record) with
        {
            From = begun.From,
            IsUncompared = begun.IsUncompared,
            Reason = begun.IsFinal ? begun.Reason : "",
        };
    }

    /// <summary>The hub wants something of a device that has an update.</summary>
    /// <param name="record">The update as it stands.</param>
    /// <param name="task">What the hub wants.</param>
    /// <param name="begin">Begins with it.</param>
    public static UpdateRecord Assign(UpdateRecord record, FirmwareTask task, Func<FirmwareTask, UpdateRecord> begin)
    {
        if (record is { IsFinal: true, IsReported: true }) return begin(task);
        if (task.Equals(record.Task))
        {
            // Another one was to come after it, and now the hub is back at this one.
            if (record is { Phase: UpdatePhase.Failed, Next: not null }) return begin(task);
            // The same again; the hub has not heard of the end yet, or gives another address.
            return record.Next is null && record.Task.Url == task.Url ? record : record with
            {
                Task = record.IsFinal ? record.Task : task,
                Next = null,
            };
        }

        return record switch
        {
            { IsFinal: true } => record with { Next = task },
            // What is on its way into the device is not to be left half done.
            { Phase: UpdatePhase.HandingOver or UpdatePhase.Confirming } => record with { Next = task },
            _ => Fail(record, FirmwareResultCode.UpdateFailed, $"Version {task.Version} was ordered instead.") with { Next = task },
        };
    }

    /// <summary>An operator lets it begin.</summary>
    /// <returns><see langword="null"/> where it does not wait for that.</returns>
    public static UpdateRecord? Approve(UpdateRecord record) =>
        record.Phase == UpdatePhase.Held ? record with { Phase = UpdatePhase.Downloading, Reason = "" } : null;

    /// <summary>An operator ends it.</summary>
    /// <returns><see langword="null"/> where it has ended.</returns>
    public static UpdateRecord? Cancel(UpdateRecord record) =>
        record.IsFinal ? null : Fail(record, FirmwareResultCode.UpdateFailed, "An operator of the gateway has cancelled it.");

    /// <summary>The gateway does not have the device any more.</summary>
    public static UpdateRecord Remove(UpdateRecord record) => record switch
    {
        { IsFinal: false } => Fail(record with { Next = null }, FirmwareResultCode.UpdateFailed, Removed),
        { Next: not null } => record with { Next = null },
        _ => record,
    };

    /// <summary>An operator has it tried once more: it begins as if the hub had ordered it now, and needs no approval.</summary>
    /// <param name="record">The update as it stands.</param>
    /// <param name="begin">Begins with what the hub wants.</param>
    /// <returns><see langword="null"/> where it has not failed; failed where it would fail at once.</returns>
    public static UpdateRecord? Retry(UpdateRecord record, Func<FirmwareTask, UpdateRecord> begin)
    {
        if (record.Phase != UpdatePhase.Failed) return null;
        var begun = begin(record.Task) with { CreatedAt = record.CreatedAt };
        return Approve(begun) ?? begun;
    }

    private static bool IsDowngrade(FirmwareTask task, InForce inForce) => inForce.Version is { } version
        && (inForce.IsNewer ?? VersionComparison.Compare(task.Version, version) < 0);

    /// <summary>It has come to nothing.</summary>
    public static UpdateRecord Fail(UpdateRecord record, FirmwareResultCode code, string reason) =>
        record with { Phase = UpdatePhase.Failed, Code = code, Reason = reason };
}
