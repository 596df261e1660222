using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The attempts at the device that were begun. That one begins is written down first: whatever comes of it, also of the gateway,
/// it does so a few times at most.</summary>
internal sealed partial class OpenAttempts(DurableUpdate update, SpentTime spent, ILogger logger)
{
    /// <summary>So many attempts may end with the gateway and not be seen to end. More than there may be failures:
    /// it is seldom because of the device that a gateway is killed or loses its power.</summary>
    internal const int MaxUnseen = 10;

    private bool _isTaken;

    /// <summary>Whether an attempt was begun and is not over.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Begins an attempt.</summary>
    /// <returns>How many there have been whose end nobody saw.</returns>
    public async Task<int> OpenAsync(CancellationToken cancellationToken)
    {
        var record = await update.MoveAsync(
            record => spent.In(record) with
            {
                OpenAttempts = record.OpenAttempts + 1,
                Reason = record.OpenAttempts == 0 ? record.Reason : $"{Unseen(record.OpenAttempts)}.",
            },
            cancellationToken);
        IsOpen = true;
        if (record.OpenAttempts > 1) LogUnseen(logger, update.Id, record.Task.Version, record.Reason, MaxUnseen);
        return record.OpenAttempts - 1;
    }

    /// <summary>It is seen what came of the attempt.</summary>
    public UpdateRecord Close(UpdateRecord record) => spent.In(record) with { OpenAttempts = Math.Max(record.OpenAttempts - 1, 0) };

    /// <summary>It has lasted long enough to say that it is not what kills the gateway: what ends the gateway from now on is no end of
    /// it.</summary>
    public Task ClearAsync(CancellationToken cancellationToken) =>
        update.MoveAsync(record => spent.In(record) with { OpenAttempts = 0 }, cancellationToken);

    /// <summary>The device has taken the image in this attempt.</summary>
    public void Take() => _isTaken = true;

    /// <summary>The attempt is over.</summary>
    public void End() => IsOpen = _isTaken = false;

    /// <summary>The gateway stops, or something else is to be done: that is no end that nobody saw.</summary>
    public UpdateRecord Leave(UpdateRecord record)
    {
        if (!record.IsHandOver) return record;
        if (!IsOpen) return spent.In(record);
        var closed = Close(record);
        return _isTaken ? closed with { Phase = UpdatePhase.Confirming, HasBegun = true, Reason = "" } : closed;
    }

    /// <summary>Fails it, after so many attempts that nobody saw the end of.</summary>
    public Task GiveUpAsync(int unseen, CancellationToken cancellationToken) => update.FailAsync(
        FirmwareResultCode.UpdateFailed, $"{Unseen(unseen)}, and is not tried again: see what kills the gateway.", cancellationToken);

    private static string Unseen(int times) =>
        $"The gateway was killed or crashed {(times == 1 ? "once" : $"{times} times")} in the middle of it";

    [LoggerMessage(4653, LogLevel.Warning, "Firmware of {Device} to {Version}: {Unseen} It is given up after {MaxUnseen} times")]
    private static partial void LogUnseen(ILogger logger, SubDeviceId device, string version, string unseen, int maxUnseen);
}
