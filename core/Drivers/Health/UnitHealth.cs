namespace BridgeFramework.Drivers;

/// <summary>Whether one unit of a line answers: a circuit breaker, so that a dead unit costs the others next to nothing.</summary>
/// <remarks>
/// Online until a number of requests in a row got no answer; then offline, where polls are dropped and single probes are sent, 5 s,
/// 10 s, 20 s ... apart, up to 60 s. The first answer brings it back. Safe to call from any thread.
/// </remarks>
/// <param name="offlineAfter">So many requests in a row without an answer take it offline; 1 or more.</param>
/// <param name="probes">The delays between probes.</param>
public sealed class UnitHealth(int offlineAfter, Backoff probes)
{
    private readonly Lock _gate = new();
    private int _offlineAfter = offlineAfter;
    private int _unanswered;
    private int _failedProbes;
    private TimeSpan _nextProbe;
    private bool _offline;

    /// <summary>The delays between probes unless configured otherwise: 5 s doubling to 60 s.</summary>
    public static Backoff DefaultProbes { get; } = new() { First = TimeSpan.FromSeconds(5), Max = TimeSpan.FromSeconds(60) };

    /// <summary>So many requests in a row without an answer take it offline; 1 or more. One that is offline stays so.</summary>
    public int OfflineAfter
    {
        get
        {
            lock (_gate) return _offlineAfter;
        }

        set
        {
            lock (_gate) _offlineAfter = value;
        }
    }

    /// <summary>Whether it is offline.</summary>
    public bool IsOffline
    {
        get
        {
            lock (_gate) return _offline;
        }
    }

    /// <summary>How many requests in a row got no answer.</summary>
    public int Unanswered
    {
        get
        {
            lock (_gate) return _unanswered;
        }
    }

    /// <summary>When the next probe may be sent, while offline.</summary>
    public TimeSpan NextProbe
    {
        get
        {
            lock (_gate) return _nextProbe;
        }
    }

    /// <summary>Hears of an answer; an answer that says no is one too.</summary>
    /// <returns>Whether this brought it back.</returns>
    public bool Answered()
    {
        lock (_gate)
        {
            bool back = _offline;
            _offline = false;
            _unanswered = 0;
            return back;
        }
    }

    /// <summary>Hears of a request that got no answer.</summary>
    /// <param name="now">The time.</param>
    /// <returns>Whether this took it offline.</returns>
    public bool TimedOut(TimeSpan now)
    {
        lock (_gate)
        {
            _unanswered++;
            if (_offline)
            {
                _nextProbe = now + probes.For(++_failedProbes);
                return false;
            }

            if (_unanswered < _offlineAfter) return false;
            _offline = true;
            _failedProbes = 1;
            _nextProbe = now + probes.For(1);
            return true;
        }
    }

    /// <summary>Asks whether a probe may be sent now, while offline. A <see langword="true"/> takes it from the budget.</summary>
    /// <param name="now">The time.</param>
    /// <param name="budget">The budget of the line.</param>
    /// <param name="cost">How long a probe holds the line when it is not answered.</param>
    public bool TryProbe(TimeSpan now, ProbeBudget budget, TimeSpan cost)
    {
        ArgumentNullException.ThrowIfNull(budget);
        lock (_gate)
        {
            if (!_offline || now < _nextProbe) return false;
            if (budget.TryTake(now, cost)) return true;
            _nextProbe = budget.NextAllowed;
            return false;
        }
    }

    /// <summary>Lets an offline unit be probed at once, with short delays again: the line is back.</summary>
    /// <param name="now">The time.</param>
    public void ProbeSoon(TimeSpan now)
    {
        lock (_gate)
        {
            _failedProbes = 0;
            _nextProbe = now;
        }
    }
}
