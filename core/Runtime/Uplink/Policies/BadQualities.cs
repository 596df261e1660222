using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>The points of a sub-device whose quality is bad, and when the cloud was told: the same bad quality goes again only after a
/// while, so that a dead line does not make a sample at every poll.</summary>
/// <param name="interval">The while, in milliseconds.</param>
/// <remarks>
/// <para>For points that have no <see cref="PointReport"/>. A good value always goes, and so does another bad quality. Times are those of
/// <see cref="ReportPolicy"/>.</para>
/// <para>Empty where all is well, which is why a good value costs next to nothing. Points are known by name: nothing of a plugin is held,
/// and a new run of its channel does not tell of the same outage again.</para>
/// </remarks>
internal sealed class BadQualities(long interval)
{
    private readonly Dictionary<string, Told> _told = new(StringComparer.Ordinal);

    /// <summary>Whether all is well.</summary>
    public bool IsEmpty => _told.Count == 0;

    /// <summary>Takes note of a reported value. Allocates nothing for a point that was bad before.</summary>
    /// <returns>Whether it is to be sent.</returns>
    public bool Offer(in PointValue value, long now)
    {
        if (value.Quality == Quality.Good)
        {
            if (_told.Count > 0) _told.Remove(value.Point.Name);
            return true;
        }

        if (_told.TryGetValue(value.Point.Name, out var told) && told.Quality == value.Quality && now - told.At < interval) return false;
        _told[value.Point.Name] = new Told(value.Quality, now);
        return true;
    }

    /// <summary>Notes which number the outbox gave to a value that was to be sent.</summary>
    public void Accepted(in PointValue sent, LaneKind lane, long sequence)
    {
        if (sent.Quality != Quality.Good && _told.TryGetValue(sent.Point.Name, out var told))
            _told[sent.Point.Name] = told with { Place = (lane, sequence) };
    }

    /// <summary>Has the next bad quality of a point sent, whichever it is.</summary>
    public void Forget(string name) => _told.Remove(name);

    /// <summary>As <see cref="Forget(string)"/>, for all points whose quality the cloud was not told after all.</summary>
    public void Forget(LaneKind lane, long firstSequence, long lastSequence)
    {
        foreach (var (name, told) in _told)
            if (told.Place.Lane == lane && told.Place.Sequence >= firstSequence && told.Place.Sequence <= lastSequence) _told.Remove(name);
    }

    /// <summary>As <see cref="Forget(string)"/>, for all points.</summary>
    public void ForgetAll() => _told.Clear();

    /// <summary>Forgets points that are there no more.</summary>
    /// <param name="points">Those in force; none where a driver has yet to describe them, which says nothing of the others.</param>
    public void Keep(IReadOnlyList<PointDefinition> points)
    {
        if (_told.Count == 0 || points.Count == 0) return;
        var names = points.Select(point => point.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string name in _told.Keys)
            if (!names.Contains(name)) _told.Remove(name);
    }

    private readonly record struct Told(Quality Quality, long At)
    {
        /// <summary>Lane and number of the value that told it; number 0 until the outbox has given one.</summary>
        public (LaneKind Lane, long Sequence) Place { get; init; }
    }
}
