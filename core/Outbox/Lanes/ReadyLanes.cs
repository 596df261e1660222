using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Outbox;

/// <summary>The lanes that can be taken from, each once; those of a kind in turn. Used under the outbox's lock.</summary>
internal sealed class ReadyLanes
{
    private readonly Queue<LaneState>[] _byKind = [new(), new()];

    /// <summary>Called when a lane can be taken from that could not before.</summary>
    public Action? Filled { get; set; }

    public int Count(LaneKind kind) => _byKind[(int)kind].Count;

    /// <summary>Puts a lane last, if it can be taken from and is not in already.</summary>
    public void Offer(LaneState lane)
    {
        if (lane.HasTurn || !lane.CanBeTaken) return;
        lane.HasTurn = true;
        _byKind[(int)lane.Lane.Kind].Enqueue(lane);
        Filled?.Invoke();
    }

    public bool TryNext(LaneKind kind, [NotNullWhen(true)] out LaneState? lane)
    {
        while (_byKind[(int)kind].TryDequeue(out lane))
        {
            lane.HasTurn = false;
            // It may have been closed or emptied since.
            if (lane.CanBeTaken) return true;
        }

        return false;
    }
}
