namespace BridgeFramework.Processes;

/// <summary>Rows under a head, columns as wide as they need; numbers to the right.</summary>
public sealed class TextTable(params string[] head)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row.</summary>
    public void Add(params object?[] cells) => _rows.Add([.. cells.Select(cell => FormattableString.Invariant($"{cell}"))]);

    /// <summary>Writes it, indented by two.</summary>
    public async Task WriteAsync(TextWriter output)
    {
        int[] widths = [.. head.Select((name, i) => _rows.Select(row => row[i].Length).Append(name.Length).Max())];
        foreach (string[] row in _rows.Prepend(head))
        {
            var cells = row.Select((cell, i) => IsNumber(i) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            await output.WriteLineAsync($"  {string.Join("  ", cells).TrimEnd()}");
        }
    }

    private bool IsNumber(int column) => _rows.All(row => row[column].Length == 0 || char.IsAsciiDigit(row[column][0])
        && !row[column].Contains(':', StringComparison.Ordinal) || row[column] is "-");
}
