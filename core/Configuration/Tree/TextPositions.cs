namespace BridgeFramework.Configuration;

/// <summary>Turns byte offsets of a UTF-8 text into lines and columns as an editor counts them: from 1, in characters.</summary>
internal sealed class TextPositions
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly List<int> _lineStarts = [0];

    public TextPositions(ReadOnlyMemory<byte> text)
    {
        _text = text;
        var bytes = text.Span;
        for (int i = 0; i < bytes.Length; i++)
            if (bytes[i] == (byte)'\n') _lineStarts.Add(i + 1);
    }

    /// <summary>The line and column of a byte.</summary>
    /// <param name="offset">0 to the length of the text; more counts as the end.</param>
    public (int Line, int Column) At(long offset)
    {
        int at = (int)Math.Min(offset, _text.Length);
        int line = _lineStarts.BinarySearch(at);
        if (line < 0) line = ~line - 1;
        int column = 1;
        foreach (byte b in _text.Span[_lineStarts[line]..at])
            if ((b & 0xC0) != 0x80) column++;   // a continuation byte begins no character
        return (line + 1, column);
    }
}
