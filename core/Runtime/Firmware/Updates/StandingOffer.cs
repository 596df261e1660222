using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>An image that stands ready for a device that comes for it by itself: until its first block, which makes a hand-over of it,
/// until the maintenance window closes, or until its driver has something else to say.</summary>
internal sealed class StandingOffer(DurableUpdate update, IUpdateTarget target, MaintenanceWindow? window, UpdateSurroundings around,
    SpentTime spent, OpenAttempts attempts)
{
    /// <summary>After so long it is not because of the offer when the gateway is killed: it may lose its power more often in a week than
    /// an attempt at a device may end unseen.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);

    /// <summary>Offers it, and sees how the hand-over ends that comes of it. A transfer that was interrupted stays one meanwhile, and one
    /// that failed is an offer again; the deadline of either runs on.</summary>
    public async Task<HandOver> RunAsync(StoredImage image, HeardProgress heard, CancellationToken cancellationToken)
    {
        if (update.Current is { HasBegun: false, IsOffer: false }) spent.Offer();
        await update.MoveAsync(
            record => spent.In(record with { Offered = record.Offered ?? TimeSpan.Zero }) with
            {
                Phase = record.Phase == UpdatePhase.HandingOver ? record.Phase : UpdatePhase.Offered,
                Reason = "",
            },
            cancellationToken);
        using var withdrawing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var call = target.UpdateAsync(image, heard, withdrawing.Token);
        try
        {
            await StandAsync(call, heard, cancellationToken);
            if (heard.FirstBlock.IsCompleted) await BeginAsync(cancellationToken);
            else if (!call.IsCompleted) return await WithdrawAsync(call, withdrawing, cancellationToken);
            return await call;
        }
        catch (OperationCanceledException)
        {
            await EndAsync(call, withdrawing);
            // What the device took in this moment it has.
            if (call.IsCompletedSuccessfully && await call is { Outcome: HandOverOutcome.Taken } taken) return taken;
            throw;
        }
        finally
        {
            await EndAsync(call, withdrawing);
        }
    }

    private static async Task EndAsync(Task call, CancellationTokenSource withdrawing)
    {
        await withdrawing.CancelAsync();
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Completes when it does not stand any more, or is to be withdrawn.</summary>
    private async Task StandAsync(Task call, HeardProgress heard, CancellationToken cancellationToken)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var closes = WindowWait.UntilClosedAsync(window, around.Time, watching.Token);
        var settles = Task.Delay(Settling, around.Time, watching.Token);
        if (await Task.WhenAny(call, heard.FirstBlock, closes, settles) == settles)
        {
            await attempts.ClearAsync(cancellationToken);
            await Task.WhenAny(call, heard.FirstBlock, closes);
        }

        await watching.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The device has come for it: the deadline runs from now on, if it does not yet.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (!update.Current.HasBegun) spent.Begin();
        var record = await update.MoveAsync(
            record => spent.In(record) with
            {
                Phase = UpdatePhase.HandingOver,
                HasBegun = true,
                OpenAttempts = Math.Max(record.OpenAttempts, 1), // what is begun now is another matter than an offer that stands
            },
            cancellationToken);
        around.Hub.News.Burning(update.Id, record.Task.Version);
    }

    /// <summary>The window has closed: a device that came now would restart outside it.</summary>
    private async Task<HandOver> WithdrawAsync(
        Task<HandOver> call, CancellationTokenSource withdrawing, CancellationToken cancellationToken)
    {
        await withdrawing.CancelAsync();
        try
        {
            return await call;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await update.MoveAsync(record => attempts.Close(record) with { Phase = UpdatePhase.Queued }, cancellationToken);
            return new HandOver(HandOverOutcome.Withdrawn);
        }
    }
}
