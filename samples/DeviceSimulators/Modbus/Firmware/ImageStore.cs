using System.IO.Hashing;

namespace BridgeFramework.DeviceSimulators;

/// <summary>The memory an image is received in: words, each written once.</summary>
internal sealed class ImageStore(Announcement announced)
{
    private readonly byte[] _bytes = new byte[2 * announced.Words];
    private readonly bool[] _written = new bool[announced.Words];
    private int _whole;

    public Announcement Announced => announced;

    /// <summary>How many bytes of the image are there without a gap.</summary>
    public uint Received => Math.Min(2 * (uint)_whole, announced.Size);

    public bool IsComplete => _whole == announced.Words;

    /// <summary>The image as far as it is there; what is not is 00.</summary>
    public ReadOnlyMemory<byte> Image => _bytes.AsMemory(0, (int)announced.Size);

    public uint Crc => Crc32.HashToUInt32(Image.Span);

    /// <summary>Whether words can be written: those of flash memory take another value only after they were erased.</summary>
    public bool Takes(long word, ReadOnlySpan<byte> data)
    {
        for (int i = 0; i < data.Length / 2; i++)
            if (_written[word + i] && !data.Slice(2 * i, 2).SequenceEqual(_bytes.AsSpan((int)(2 * (word + i)), 2))) return false;
        return true;
    }

    public void Write(long word, ReadOnlySpan<byte> data)
    {
        data.CopyTo(_bytes.AsSpan((int)(2 * word)));
        _written.AsSpan((int)word, data.Length / 2).Fill(true);
        while (_whole < _written.Length && _written[_whole]) _whole++;
    }
}
