namespace BridgeFramework.Runtime;

/// <summary>The grace before offline: how long a channel may say nothing of a sub-device (start, restart,
/// swap) before that counts as gone.</summary>
/// <remarks>Used under one lock; it ends under that lock too.</remarks>
/// <param name="time">The clock.</param>
/// <param name="gate">The lock.</param>
/// <param name="over">Called when the grace is over and the channel has still said nothing.</param>
internal sealed class OfflineGrace(TimeProvider time, Lock gate, Action over)
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private readonly Alarm _over = new(time, gate, over);

    /// <summary>Begins anew where the channel does not know; ends where it does.</summary>
    public void Follow(Presence presence)
    {
        if (presence == Presence.Unknown) _over.Set(Length);
        else _over.Clear();
    }

    public void StopWaiting() => _over.Clear();
}
