using System.Buffers.Binary;
using System.Globalization;

namespace Fixture.Metronome;

/// <summary>Writes down each slot of one run of a channel. The file is written in blocks, so that it does not
/// disturb what it measures.</summary>
/// <remarks>
/// <para>Due is a slot on the grid start + k * interval, whatever became of the one before: a slot that waits for a late one is late
/// itself, and a slot whose time passed meanwhile is left out.</para>
/// <para>Named <c>{channel}@{start}.slots</c>, the start in microseconds since 1970; entries of 8 bytes: k and by how many microseconds it
/// was late, as 32-bit integers, little-endian.</para>
/// </remarks>
internal sealed class SlotBook : IDisposable
{
    private readonly FileStream _file;
    private readonly TimeSpan _interval;
    private long _next;

    public SlotBook(string folder, string channel, DateTimeOffset start, TimeSpan interval)
    {
        Directory.CreateDirectory(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"{channel}@{start.ToUnixTimeMilliseconds() * 1000}.slots");
        _file = new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _interval = interval;
    }

    /// <summary>Slots that were left out.</summary>
    public long LeftOut { get; private set; }

    /// <summary>A slot starts now.</summary>
    /// <param name="sinceStart">The time since the start of the grid.</param>
    /// <returns>By how much it is late.</returns>
    public TimeSpan Begin(TimeSpan sinceStart)
    {
        var late = sinceStart - (_interval * _next);
        Span<byte> entry = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(entry, (int)_next);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], (int)Math.Min(late.TotalMicroseconds, int.MaxValue));
        _file.Write(entry);
        return late;
    }

    /// <summary>The slot has ended; the next one is the first that is due later.</summary>
    public void End(TimeSpan sinceStart)
    {
        long next = (sinceStart.Ticks / _interval.Ticks) + 1;
        LeftOut += next - _next - 1;
        _next = next;
    }

    public void Dispose() => _file.Dispose();
}
