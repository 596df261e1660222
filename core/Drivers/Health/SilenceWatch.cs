namespace BridgeFramework.Drivers;

/// <summary>Says the presence of sub-devices that speak when they like: present when heard, absent after a silence.</summary>
/// <remarks>
/// One that is watched and was never heard becomes absent after the same time. Looks four times per silence allowed, at least
/// once a minute, so absence is said that much later at most. Safe to call from any thread; allocates nothing when it hears.
/// </remarks>
/// <param name="channel">Is told.</param>
/// <param name="absentAfter">The longest silence of a sub-device that is present; above zero.</param>
/// <param name="time">The clock.</param>
public sealed class SilenceWatch(IChannel channel, TimeSpan absentAfter, TimeProvider time)
{
    private const int LooksPerSilence = 4;
    private static readonly TimeSpan LongestBetweenLooks = TimeSpan.FromMinutes(1);

    // Held while the channel is told: what was heard and what was missed must not change places on the way there.
    private readonly Lock _gate = new();
    private readonly Dictionary<SubDevice, Watched> _watched = new(ReferenceEqualityComparer.Instance);

    /// <summary>Begins to watch a sub-device; from now on its silence counts.</summary>
    /// <param name="device">One of the channel.</param>
    public void Add(SubDevice device)
    {
        lock (_gate) _watched[device] = new Watched { Heard = time.GetTimestamp() };
    }

    /// <summary>Ends watching a sub-device; harmless where it was not watched.</summary>
    /// <param name="device">Any.</param>
    public void Remove(SubDevice device)
    {
        lock (_gate) _watched.Remove(device);
    }

    /// <summary>Hears a sub-device: it is present. Without effect on one that is not watched.</summary>
    /// <param name="device">Any.</param>
    public void Heard(SubDevice device)
    {
        lock (_gate)
        {
            if (!_watched.TryGetValue(device, out var watched)) return;
            watched.Heard = time.GetTimestamp();
            watched.Silent = false;
            channel.SetPresence(device, Presence.Present);
        }
    }

    /// <summary>Watches until asked to stop.</summary>
    /// <param name="stopping">Asks to end.</param>
    /// <exception cref="OperationCanceledException">The normal end.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var between = absentAfter / LooksPerSilence;
        using var timer = new PeriodicTimer(between < LongestBetweenLooks ? between : LongestBetweenLooks, time);
        while (await timer.WaitForNextTickAsync(stopping)) Look();
    }

    private void Look()
    {
        lock (_gate)
        {
            foreach (var (device, watched) in _watched)
            {
                if (watched.Silent || time.GetElapsedTime(watched.Heard) < absentAfter) continue;
                watched.Silent = true;
                channel.SetPresence(device, Presence.Absent, $"Not heard of for {absentAfter}. Check that it is in range and has power.");
            }
        }
    }

    private sealed class Watched
    {
        public long Heard { get; set; }

        public bool Silent { get; set; }
    }
}
