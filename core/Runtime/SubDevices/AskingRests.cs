namespace BridgeFramework.Runtime;

/// <summary>How long a sub-device is not asked for at the hub: a short while after a failure, a long one after an answer that only
/// somebody's doing can change.</summary>
/// <remarks>Used under one lock; its alarms ring under that lock too.</remarks>
internal sealed class AskingRests
{
    private static readonly RetryBackoff Backoff = new(First: TimeSpan.FromSeconds(5), Longest: TimeSpan.FromMinutes(5));

    private readonly Func<double> _dice;
    private readonly Alarm _short;
    private readonly Alarm _long;
    private int _failures; // in a row
    private int _refusals; // likewise

    /// <param name="time">The clock.</param>
    /// <param name="gate">The lock.</param>
    /// <param name="dice">Chance, from 0 to 1.</param>
    /// <param name="over">Called when it may be asked again after a failure.</param>
    /// <param name="aged">Called when what the hub answered is too old to go by.</param>
    public AskingRests(TimeProvider time, Lock gate, Func<double> dice, Action over, Action aged)
    {
        _dice = dice;
        _short = new Alarm(time, gate, over);
        _long = new Alarm(time, gate, aged);
    }

    /// <summary>Whether nothing is to be asked for it now.</summary>
    public bool IsAfterFailure => _short.IsSet;

    /// <summary>Begins after a failure, and says how long it lasts.</summary>
    public TimeSpan AfterFailure()
    {
        var rest = Backoff.After(++_failures);
        _short.Set(rest);
        return rest;
    }

    /// <summary>Begins after an answer that only somebody's doing can change, and says how long it lasts.</summary>
    public TimeSpan AfterRefusal()
    {
        var rest = SlowRetry.After(++_refusals, _dice());
        _long.Set(rest);
        return rest;
    }

    /// <summary>It went well: the next failure is the first.</summary>
    public void EndFailures() => (_failures, _refusals) = (0, 0);

    /// <summary>There is a reason to ask again at once after a failure. An answer is no failure.</summary>
    public void CutShort() => _short.Clear();

    /// <summary>What was failed or answered so far counts no more.</summary>
    public void BeginAnew()
    {
        EndFailures();
        _short.Clear();
        _long.Clear();
    }
}
