namespace BridgeFramework.CrashTest;

/// <summary>The lives of the gateway so far; written by one, read by many.</summary>
internal sealed class Lives
{
    private volatile IReadOnlyList<Life> _all = [];

    /// <summary>All of them, the present one last.</summary>
    public IReadOnlyList<Life> All => _all;

    public Life Begin(DateTimeOffset now)
    {
        var life = new Life(_all.Count + 1, now);
        _all = [.. _all, life];
        return life;
    }

    /// <summary>The end of a life that is nearest to an instant.</summary>
    public Life? Nearest(DateTimeOffset time) =>
        _all.Where(life => life.Ended is not null).OrderBy(life => (life.Ended - time)?.Duration()).FirstOrDefault();

    /// <summary>The ends of lives between two instants, as part of a sentence.</summary>
    public string TellBetween(DateTimeOffset after, DateTimeOffset before) =>
        string.Join(" and ", _all.Where(life => life.Ended >= after && life.Ended <= before)
            .Select(life => FormattableString.Invariant(
                $"{(life.IsKilled ? "kill" : "stop")} {life.Number} at {life.Ended?.ToLocalTime():HH:mm:ss.fff}, {life.Phase}"))
            .DefaultIfEmpty("no end of the gateway lies between"));

    /// <summary>The end of a life that is nearest to an instant, as part of a sentence.</summary>
    public string TellNearest(DateTimeOffset? time) => time is { } at && Nearest(at) is { Ended: { } ended } life
        ? FormattableString.Invariant($"""nearest {(life.IsKilled ? "kill" : "stop")} {life.Number} at {ended.ToLocalTime():HH:mm:ss.fff}, {life.Phase}, {(ended - at).TotalSeconds:+0.000;-0.000} s from {at.ToLocalTime():HH:mm:ss.fff}""")
        : "no kill near";
}
