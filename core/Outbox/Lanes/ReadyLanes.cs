using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Outbox;

/// <summary>The lanes that can be taken from, each once, in turn.</summary>
internal sealed class TurnQueue
{
    private readonly Queue<LaneState> _lanes = new();

    public int Count => _lanes.Count;

    /// <summary>Puts a lane last, if it can be taken from and is not in already.</summary>
    public bool Offer(LaneState lane)
    {
        if (lane.HasTurn || !lane.CanBeTaken) return false;
        lane.HasTurn = true;
        _lanes.Enqueue(lane);
        return true;
    }

    public bool TryNext([NotNullWhen(true)] out LaneState? lane)
    {
        while (_lanes.TryDequeue(out lane))
        {
            lane.HasTurn = false;
            // It may have been closed or emptied since.
            if (lane.CanBeTaken) return true;
        }

        return false;
    }
}
