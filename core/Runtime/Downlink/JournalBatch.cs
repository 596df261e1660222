using System.Buffers;

namespace BridgeFramework.Runtime;

/// <summary>What is to be written next, and who waits for it: one sync serves all who came while the one before was under way.</summary>
internal sealed class JournalBatch
{
    /// <summary>More than this is written as a whole new file instead.</summary>
    private const int MaxLength = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _lines = new(512);

    public ReadOnlyMemory<byte> Lines => _lines.WrittenMemory;

    /// <summary>The last change of the journal that is in it; set when it is taken.</summary>
    public long Change { get; set; }

    /// <summary>What the whole file is to hold, this batch included, where it is to be written anew; set when it is taken.</summary>
    public IReadOnlyList<(JournalEntry Entry, JournaledCommand Command)>? Whole { get; set; }

    /// <summary>Whether something in it must outlive a loss of power.</summary>
    public bool Sync { get; private set; }

    /// <summary>The intents in it, each with whoever waits: told <see langword="null"/> when it is safe, else what is wrong.</summary>
    public List<(JournaledCommand Command, TaskCompletionSource<string?> Answer)> Intents { get; } = [];

    /// <summary>The sub-devices that may have a reply to send once this is written.</summary>
    public HashSet<SubDeviceId> Devices { get; } = [];

    /// <returns>Whether it still fits; when not, the whole file is to be written.</returns>
    public bool Add(JournalEntry entry, JournaledCommand command)
    {
        if (entry != JournalEntry.Delivered) Sync = true;
        if (entry == JournalEntry.Outcome) Devices.Add(command.Device);
        if (_lines.WrittenCount > MaxLength) return false;
        JournalLine.Write(_lines, entry, command);
        return _lines.WrittenCount <= MaxLength;
    }
}
