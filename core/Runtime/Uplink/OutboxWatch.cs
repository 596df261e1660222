using BridgeFramework.Outbox;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Tells the operator what goes wrong with the outbox: what is dropped, a disk that fails; and keeps
/// the time of this start written down.</summary>
internal sealed partial class OutboxWatch(LaneOutbox outbox, BootTimes clock, TimeProvider time, ILogger<OutboxWatch> logger)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);
    private const int TicksBetweenDrops = 6;
    private string? _trouble;
    private Dictionary<DropReason, long> _dropped = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        foreach (string damage in outbox.Status.Damage) LogDamage(logger, damage);
        if (outbox.DamagedItems > 0) LogDamaged(logger, outbox.DamagedItems);
        _dropped = Dropped();
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            for (int tick = 1; await timer.WaitForNextTickAsync(stopping); tick++)
            {
                clock.Keep();
                TellTrouble();
                if (tick % TicksBetweenDrops == 0) TellDrops();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            TellDrops();
        }
    }

    private void TellTrouble()
    {
        string? trouble = outbox.Status.Trouble;
        if (trouble is not null && _trouble is null) LogTrouble(logger, trouble);
        if (trouble is null && _trouble is not null) LogRecovered(logger);
        _trouble = trouble;
    }

    private void TellDrops()
    {
        var now = Dropped();
        foreach (var (reason, items) in now)
            if (items - _dropped.GetValueOrDefault(reason) is > 0 and var more) LogDropped(logger, more, reason);
        _dropped = now;
    }

    private Dictionary<DropReason, long> Dropped() => new(OwnerLedger.Total(outbox.Ledgers()).Dropped);

    [LoggerMessage(4120, LogLevel.Warning, "{Items} samples that waited for the hub were found damaged or missing, and count as dropped")]
    private static partial void LogDamaged(ILogger logger, long items);

    [LoggerMessage(4124, LogLevel.Error, "Damage in the outbox: {Damage}")]
    private static partial void LogDamage(ILogger logger, string damage);

    [LoggerMessage(4121, LogLevel.Error, "{Trouble}")]
    private static partial void LogTrouble(ILogger logger, string trouble);

    [LoggerMessage(4122, LogLevel.Information, "The outbox is on the disk again, with all that waited in memory")]
    private static partial void LogRecovered(ILogger logger);

    [LoggerMessage(4123, LogLevel.Warning,
        "{Items} samples were dropped within a minute ({Reason}): 'bridge ledger' says of which sub-devices")]
    private static partial void LogDropped(ILogger logger, long items, DropReason reason);
}
