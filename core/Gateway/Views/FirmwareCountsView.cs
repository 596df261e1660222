using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>How many firmware updates there are, of each device the last one.</summary>
/// <param name="UnderWay">Those that have not ended, held ones included.</param>
/// <param name="Held">Those that wait for an operator's approval.</param>
/// <param name="Done">Those whose device runs the version.</param>
/// <param name="Failed">Those that came to nothing.</param>
internal sealed record FirmwareCountsView(int UnderWay, int Held, int Done, int Failed)
{
    internal int All => UnderWay + Done + Failed;

    public static FirmwareCountsView Of(IReadOnlyCollection<FirmwareUpdateStatus> updates)
    {
        int done = updates.Count(update => update.Phase == UpdatePhase.Done);
        int failed = updates.Count(update => update.Phase == UpdatePhase.Failed);
        return new FirmwareCountsView(
            updates.Count - done - failed, updates.Count(update => update.Phase == UpdatePhase.Held), done, failed);
    }
}
