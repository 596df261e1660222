namespace BridgeFramework.Runtime;

/// <summary>
/// How fast versions are announced, over all sub-devices. On the connection they go ahead of values: without a pace of their own
/// nothing would be heard of the values until the last version is out. All members are used under one lock.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="gate">The lock.</param>
/// <param name="ring">The next one may begin.</param>
internal sealed class VersionPace(TimeProvider time, Lock gate, Action ring)
{
    /// <summary>A part of <see cref="SubDeviceReconciler.MaxUnderWay"/>: versions that a hub does not confirm
    /// leave places for all else.</summary>
    internal const int MaxUnderWay = 4;

    private readonly Alarm _next = new(time, gate, ring);
    private int _underWay;

    /// <summary>Least time between two versions; zero for none.</summary>
    public required TimeSpan Spacing { get; set; }

    public bool MayBegin => _underWay < MaxUnderWay && !_next.IsSet;

    public void Begin()
    {
        _underWay++;
        if (Spacing > TimeSpan.Zero) _next.Set(Spacing);
    }

    public void End() => _underWay--;

    public void StopWaiting() => _next.Clear();
}
