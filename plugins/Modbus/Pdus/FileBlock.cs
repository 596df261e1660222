namespace BridgeFramework.Modbus;

/// <summary>Some words of a long run of words that lies in files of 10000 records each.</summary>
internal readonly record struct FileBlock(int File, int Record, int Words)
{
    /// <summary>Whether one request can write it.</summary>
    public bool IsLegal =>
        File is >= 1 and <= ushort.MaxValue && Words is >= 1 and <= FileRecordPdu.MaxWords && Record >= 0
            && Record <= FileRecordPdu.RecordsPerFile - Words;

    /// <summary>Gives the block that begins at a word: as long as allowed, but not past the end, and not over
    /// the border of a file.</summary>
    /// <param name="word">The first word, 0-based, before <paramref name="total"/>.</param>
    /// <param name="total">How many words there are.</param>
    /// <param name="maxWords">The longest block.</param>
    /// <param name="firstFile">The file of word 0.</param>
    public static FileBlock At(long word, long total, int maxWords, int firstFile)
    {
        int record = (int)(word % FileRecordPdu.RecordsPerFile);
        long words = Math.Min(total - word, Math.Min(maxWords, FileRecordPdu.RecordsPerFile - record));
        return new FileBlock(firstFile + (int)(word / FileRecordPdu.RecordsPerFile), record, (int)words);
    }
}
