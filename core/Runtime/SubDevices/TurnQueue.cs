using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Runtime;

/// <summary>Sub-devices that wait for their turn: first come, first served; subscriptions behind everything
/// else, and firmware versions behind those.</summary>
internal sealed class TurnQueue
{
    private readonly Line _first = new();
    private readonly Line _later = new();
    private readonly Line _last = new();

    /// <summary>Lines it up; one that waits already keeps its place.</summary>
    public void Add(TrackedSubDevice device) => _first.Add(device);

    /// <summary>Takes the next one that there is something to do about.</summary>
    /// <param name="maySubscribe">Whether commands may be subscribed to now. Otherwise those that are to be keep their places.</param>
    /// <param name="mayAnnounce">Whether a version may be announced now; likewise.</param>
    /// <param name="device">The sub-device.</param>
    /// <param name="action">What to do about it.</param>
    public bool TryTake(bool maySubscribe, bool mayAnnounce, [NotNullWhen(true)] out TrackedSubDevice? device, out CloudAction action)
    {
        while (_first.TryTake(out device))
        {
            action = device.Next;
            if (action == CloudAction.Subscribe) _later.Add(device);
            else if (action == CloudAction.AnnounceVersion) _last.Add(device);
            else if (action != CloudAction.Nothing) return true;
        }

        while (maySubscribe && _later.TryTake(out device))
        {
            action = device.Next;
            if (action == CloudAction.AnnounceVersion) _last.Add(device);
            else if (action != CloudAction.Nothing) return true;
        }

        while (mayAnnounce && _last.TryTake(out device))
        {
            action = device.Next;
            if (action != CloudAction.Nothing) return true;
        }

        (device, action) = (null, CloudAction.Nothing);
        return false;
    }

    /// <summary>Each sub-device waits in it once at most.</summary>
    private sealed class Line
    {
        private readonly Queue<TrackedSubDevice> _order = new();
        private readonly HashSet<TrackedSubDevice> _waiting = [];

        public void Add(TrackedSubDevice device)
        {
            if (_waiting.Add(device)) _order.Enqueue(device);
        }

        public bool TryTake([NotNullWhen(true)] out TrackedSubDevice? device) => _order.TryDequeue(out device) && _waiting.Remove(device);
    }
}
