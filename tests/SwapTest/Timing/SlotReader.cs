using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace BridgeFramework.SwapTest;

/// <summary>A slot of a channel that keeps time.</summary>
/// <param name="Channel">Which channel.</param>
/// <param name="Due">When it was due.</param>
/// <param name="Late">By how much it was late when it started.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Slot(string Channel, DateTimeOffset Due, TimeSpan Late)
{
    public DateTimeOffset Started => Due + Late;
}

/// <summary>What the plugin that keeps time wrote down in one run of a channel.</summary>
/// <param name="Channel">Which channel.</param>
/// <param name="Slots">Its slots that were run, in order.</param>
/// <param name="LeftOut">When those were due that were not.</param>
internal sealed record SlotRun(string Channel, IReadOnlyList<Slot> Slots, IReadOnlyList<DateTimeOffset> LeftOut);

/// <summary>Reads the books of slots; their form is told where they are written, in the fixture.</summary>
internal static class SlotReader
{
    private const int EntryLength = 8;

    public static IReadOnlyList<SlotRun> Read(SwapScene scene) =>
        [.. Directory.GetFiles(scene.SlotFolder, "*.slots").Order(StringComparer.Ordinal).Select(Read)];

    private static SlotRun Read(string file)
    {
        string[] name = Path.GetFileNameWithoutExtension(file).Split('@');
        var start = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(long.Parse(name[1], CultureInfo.InvariantCulture));
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(file);
        List<Slot> slots = [];
        List<DateTimeOffset> leftOut = [];
        int expected = 0;
        for (; bytes.Length >= EntryLength; bytes = bytes[EntryLength..])
        {
            int number = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            for (; expected < number; expected++) leftOut.Add(start + (SwapScene.Slot * expected));
            slots.Add(new Slot(
                name[0], start + (SwapScene.Slot * number), TimeSpan.FromMicroseconds(BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]))));
            expected = number + 1;
        }

        return new SlotRun(name[0], slots, leftOut);
    }
}
