namespace BridgeFramework.Runtime;

/// <summary>Says what to do about the thread pool, by how long work waits for a thread of it. Pure: knows no thread and no clock.</summary>
/// <remarks>
/// Code of plugins that blocks keeps threads, and the pool adds one or two a second. Sockets, timers, MQTT and the operator's socket
/// go on there, whatever the gateway's own loops use.
/// </remarks>
/// <param name="minimum">The least number of threads that the program wants.</param>
/// <param name="maximum">The most that it allows.</param>
/// <param name="deadly">How long nothing may run before it is given up.</param>
internal sealed class PoolJudge(int minimum, int maximum, TimeSpan deadly)
{
    /// <summary>How long work may wait: more, and a driver that polls every second is late.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>The most threads that are asked for: each costs memory, and never ends.</summary>
    public const int MostThreads = 256;

    /// <summary>More than this between two looks, and whoever looks was suspended or had no processor. That says nothing of
    /// the pool.</summary>
    public static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    private int _minimum = minimum;
    private TimeSpan? _last;
    private TimeSpan _sinceStep;
    private TimeSpan _calm;
    private bool _isStuck;

    /// <summary>Whether work waits for threads, or did within the last 10 s.</summary>
    public bool IsStarving { get; private set; }

    /// <summary>How long the item that was queued last has waited.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Looks once more. An item is queued anew after each look at which it has run.</summary>
    public PoolAdvice Look(PoolLook look)
    {
        Pass(look);
        bool isLowered = look.Minimum < _minimum || look.Maximum < maximum;
        if (Waited >= Patience && _sinceStep >= Patience)
        {
            _sinceStep = TimeSpan.Zero;
            // Threads that the pool has added by itself are blocked, too: the step goes from them.
            _minimum = Math.Max(_minimum, Math.Min(2 * Math.Max(_minimum, look.Threads), Math.Min(MostThreads, maximum)));
        }

        return new PoolAdvice(
            look.Minimum < _minimum ? _minimum : null, look.Maximum < maximum ? maximum : null, NewsOf(look.HasRun, isLowered));
    }

    private void Pass(PoolLook look)
    {
        var passed = look.At - (_last ?? look.At);
        if (passed > LongestLook) passed = LongestLook;
        _last = look.At;
        _sinceStep += passed;
        // Late, but it came: the wait has been counted.
        Waited = look.HasRun ? TimeSpan.Zero : Waited + passed;
        _calm = Waited >= Patience ? TimeSpan.Zero : _calm + passed;
    }

    private PoolNews NewsOf(bool hasRun, bool isLowered)
    {
        if (hasRun) _isStuck = false;
        if (!hasRun && Waited >= deadly && !_isStuck)
        {
            _isStuck = true;
            return PoolNews.Stuck;
        }

        if (Waited >= Patience && !IsStarving)
        {
            IsStarving = true;
            return PoolNews.Starves;
        }

        if (IsStarving && _calm >= Calm)
        {
            IsStarving = false;
            return PoolNews.Eased;
        }

        return isLowered ? PoolNews.Lowered : PoolNews.None;
    }
}
