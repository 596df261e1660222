using Microsoft.Extensions.Logging;

namespace BridgeFramework.Logging;

/// <summary>How many lines each source may still write within its period, and how many of it were withheld.</summary>
/// <remarks>
/// Safe to use from any thread.
/// A period begins with a source's first line. What is withheld in it is logged when it ends, whether or not another line comes. Of more
/// sources than there is room for those without an account share one for each event.
/// </remarks>
internal sealed class LogBudget : IDisposable
{
    public const int LinesPerPeriod = 20;
    public const int MaxSources = 4096;

    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Dictionary<LogSource, LogAccount> _accounts = [];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long? _armedFor; // the beginning of the period whose end the timer waits for
    private long? _clearedAt;
    private bool _isDisposed;

    public LogBudget(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => TellEnded(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Asks whether a line may be written.</summary>
    /// <param name="source">Whose it is.</param>
    /// <param name="logger">Where a count of it is written.</param>
    /// <param name="eventId">As which event.</param>
    /// <param name="first">The account, when the line is the first that is withheld: it wants to hear what it says.</param>
    public bool TryTake(LogSource source, ILogger logger, EventId eventId, out LogAccount? first)
    {
        first = null;
        LogAccount? ended = null;
        bool isTaken;
        lock (_gate)
        {
            if (_isDisposed) return true; // nobody would tell the count
            if (!_accounts.ContainsKey(source) && !HasRoom()) source = source.Rest;

            if (_accounts.TryGetValue(source, out var account) && IsOver(account))
            {
                if (account.Withheld > 0) ended = account; // the timer is late
                account = null;
            }

            if (account is null)
                _accounts[source] = account = new LogAccount(logger, source.Level, eventId, _time.GetTimestamp());
            isTaken = account.Written < LinesPerPeriod;
            if (isTaken) account.Written++;
            else if (account.Withheld++ == 0) first = account;
            if (first is not null) Arm(first);
        }

        if (ended is not null) Tell(ended, Period);
        return isTaken;
    }

    /// <summary>Tells what is withheld at this moment.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        List<LogAccount> open;
        lock (_gate)
        {
            open = [.. _accounts.Values.Where(account => account.Withheld > 0)];
            _accounts.Clear();
            _isDisposed = true;
        }

        foreach (var account in open) Tell(account, _time.GetElapsedTime(account.BegunAt));
    }

    private void TellEnded()
    {
        List<LogAccount> ended;
        lock (_gate)
        {
            _armedFor = null;
            ended = [.. _accounts.Values.Where(account => account.Withheld > 0 && IsOver(account))];
            foreach (var (over, _) in _accounts.Where(each => IsOver(each.Value)).ToList()) _accounts.Remove(over);
            if (_accounts.Values.Where(account => account.Withheld > 0).MinBy(account => account.BegunAt) is { } next) Arm(next);
        }

        foreach (var account in ended) Tell(account, Period);
    }

    /// <summary>Who writes the log may fail, and here nobody could be told: this is a timer, or the end of a program.</summary>
    private static void Tell(LogAccount account, TimeSpan within)
    {
        try
        {
            account.Tell(within);
        }
        catch (Exception)
        {
            // The log is broken, and this count goes with it; the next lines go to it as before.
        }
    }

    /// <summary>Sees to it that the end of a period is noticed; under the lock.</summary>
    private void Arm(LogAccount account)
    {
        if (_armedFor <= account.BegunAt) return;
        _armedFor = account.BegunAt;
        var left = Period - _time.GetElapsedTime(account.BegunAt);
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether there is room for another source. Looks for it once a second at most: under a flood each line would.</summary>
    private bool HasRoom()
    {
        if (_accounts.Count < MaxSources) return true;
        if (_clearedAt is { } at && _time.GetElapsedTime(at) < TimeSpan.FromSeconds(1)) return false;
        _clearedAt = _time.GetTimestamp();
        foreach (var (idle, _) in _accounts.Where(each => IsOver(each.Value) && each.Value.Withheld == 0).ToList()) _accounts.Remove(idle);
        return _accounts.Count < MaxSources;
    }

    private bool IsOver(LogAccount account) => _time.GetElapsedTime(account.BegunAt) >= Period;
}
