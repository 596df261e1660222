using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Runtime;

/// <summary>Sub-devices that wait for their turn: first come, first served; subscriptions behind everything else, and firmware versions behind those.</summary>
internal sealed class TurnQueue
{
    private readonly Queue<TrackedSubDevice> _first = new();
    private readonly Queue<TrackedSubDevice> _later = new();
    private readonly Queue<TrackedSubDevice> _last = new();

    /// <summary>Lines it up; one that waits already keeps its place.</summary>
    public void Add(TrackedSubDevice device)
    {
        if (device.HasTurn) return;
        device.HasTurn = true;
        _first.Enqueue(device);
    }

    /// <summary>Takes the next one that there is something to do about.</summary>
    /// <param name="mayReport">Whether a version may be reported now. Otherwise those that have one keep their places.</param>
    /// <param name="device">The sub-device.</param>
    /// <param name="action">What to do about it.</param>
    public bool TryTake(bool mayReport, [NotNullWhen(true)] out TrackedSubDevice? device, out CloudAction action)
    {
        while (_first.TryDequeue(out device))
        {
            device.HasTurn = false;
            action = device.Next;
            if (action == CloudAction.Subscribe) AddLater(device);
            else if (action == CloudAction.ReportVersion) AddLast(device);
            else if (action != CloudAction.Nothing) return true;
        }

        while (_later.TryDequeue(out device))
        {
            device.HasLaterTurn = false;
            action = device.Next;
            if (action == CloudAction.ReportVersion) AddLast(device);
            else if (action != CloudAction.Nothing) return true;
        }

        while (mayReport && _last.TryDequeue(out device))
        {
            device.HasLastTurn = false;
            action = device.Next;
            if (action != CloudAction.Nothing) return true;
        }

        (device, action) = (null, CloudAction.Nothing);
        return false;
    }

    private void AddLater(TrackedSubDevice device)
    {
        if (device.HasLaterTurn) return;
        device.HasLaterTurn = true;
        _later.Enqueue(device);
    }

    private void AddLast(TrackedSubDevice device)
    {
        if (device.HasLastTurn) return;
        device.HasLastTurn = true;
        _last.Enqueue(device);
    }
}
