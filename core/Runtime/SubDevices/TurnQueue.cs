using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Runtime;

/// <summary>Sub-devices that wait for their turn: first come, first served, and subscriptions behind everything else.</summary>
internal sealed class TurnQueue
{
    private readonly Queue<TrackedSubDevice> _first = new();
    private readonly Queue<TrackedSubDevice> _later = new();

    /// <summary>Lines it up; one that waits already keeps its place.</summary>
    public void Add(TrackedSubDevice device)
    {
        if (device.HasTurn) return;
        device.HasTurn = true;
        _first.Enqueue(device);
    }

    /// <summary>Takes the next one that there is something to do about.</summary>
    public bool TryTake([NotNullWhen(true)] out TrackedSubDevice? device, out CloudAction action)
    {
        while (_first.TryDequeue(out device))
        {
            device.HasTurn = false;
            action = device.Next;
            if (action == CloudAction.Subscribe) AddLater(device);
            else if (action != CloudAction.Nothing) return true;
        }

        while (_later.TryDequeue(out device))
        {
            device.HasLaterTurn = false;
            action = device.Next;
            if (action != CloudAction.Nothing) return true;
        }

        action = CloudAction.Nothing;
        return false;
    }

    private void AddLater(TrackedSubDevice device)
    {
        if (device.HasLaterTurn) return;
        device.HasLaterTurn = true;
        _later.Enqueue(device);
    }
}
