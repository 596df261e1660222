using System.Runtime.InteropServices;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Follows the numbers of one epoch of a lane. Its owner locks.</summary>
/// <param name="epoch">Which one.</param>
/// <param name="samplesKept">How many samples are kept to be compared with their repetitions.</param>
internal sealed class EpochRecord(string epoch, int samplesKept)
{
    private const int MaxRanges = 4096;
    private const int ShownGaps = 100;
    private const int ShownConflicts = 20;

    private readonly NumberRanges _seen = new(MaxRanges);
    private readonly Dictionary<long, Kept> _kept = [];
    private readonly Queue<long> _keptOrder = new();
    private readonly List<UplinkConflict> _conflictsFound = [];
    private long _samples;
    private long _repeated;
    private long _notCompared;
    private long _conflicts;
    private long _outOfOrder;
    private long _plain;
    private long _compact;
    private long _events;

    public string Epoch => epoch;

    /// <summary>Number of the message that came last.</summary>
    public long LastMessage { get; private set; }

    public void Add(UplinkMessage message, long receivedAs)
    {
        LastMessage = receivedAs;
        switch (message.Form)
        {
            case UplinkForm.Compact: _compact++; break;
            case UplinkForm.Event: _events++; break;
            default: _plain++; break;
        }

        ulong[] contents = [.. message.Samples.Select(sample => ContentHash.Of(sample))];
        for (int i = 0; i < contents.Length; i++) Add(message, contents, i, receivedAs);
    }

    public UplinkEpoch Snapshot() => new()
    {
        Epoch = epoch,
        First = _seen.Lowest ?? 0,
        Last = _seen.Highest ?? 0,
        Counts = new UplinkCounts
        {
            Samples = _samples,
            Repeated = _repeated,
            NotCompared = _notCompared,
            Conflicts = _conflicts,
            OutOfOrder = _outOfOrder,
            Missing = _seen.Forgotten + _seen.Gaps.Sum(gap => gap.Count),
            Messages = _plain + _compact + _events,
            Plain = _plain,
            Compact = _compact,
            Events = _events,
        },
        Gaps = [.. _seen.Gaps.Take(ShownGaps)],
        ConflictsFound = [.. _conflictsFound],
    };

    private void Add(UplinkMessage message, ulong[] contents, int index, long receivedAs)
    {
        long number = message.Sequence + index;
        bool isLower = number < _seen.Highest;
        if (_seen.Add(number))
        {
            _samples++;
            if (isLower) _outOfOrder++;
            Keep(number, new Kept(contents[index], message.IsOrderUnknown, index, contents.Length, receivedAs));
        }
        else if (!_kept.TryGetValue(number, out var first))
        {
            _repeated++;
            _notCompared++;
        }
        else if (first.Content == contents[index] || IsOnlyElsewhere(message, contents, index, first))
        {
            _repeated++;
        }
        else
        {
            _conflicts++;
            if (_conflictsFound.Count < ShownConflicts)
                _conflictsFound.Add(new UplinkConflict(number, receivedAs, first.Message, message.Samples[index].ToString()));
        }
    }

    /// <summary>Where one of the two messages does not tell which of its numbers is whose, a sample may be
    /// found at another of them.</summary>
    private bool IsOnlyElsewhere(UplinkMessage message, ulong[] contents, int index, Kept first)
    {
        long number = message.Sequence + index;
        return (message.IsOrderUnknown && Holds(message.Sequence, contents.Length))
            || (first.IsOrderUnknown && Holds(number - first.Index, first.Count));

        bool Holds(long from, int count)
        {
            for (int i = 0; i < count; i++)
                if (_kept.TryGetValue(from + i, out var other) && other.Content == contents[index]) return true;
            return false;
        }
    }

    private void Keep(long number, Kept kept)
    {
        _kept.Add(number, kept);
        _keptOrder.Enqueue(number);
        if (_keptOrder.Count > samplesKept) _kept.Remove(_keptOrder.Dequeue());
    }

    /// <param name="Content">Hash of the sample.</param>
    /// <param name="IsOrderUnknown">As that of the message it came in.</param>
    /// <param name="Index">Its place in that message.</param>
    /// <param name="Count">How many samples that message has.</param>
    /// <param name="Message">Number of that message.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Kept(ulong Content, bool IsOrderUnknown, int Index, int Count, long Message);
}
