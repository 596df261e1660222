using Spectre.Console;

namespace BridgeFramework.Gateway;

/// <summary>A table as all reports have them: no frame, the last column takes what is left of the line.</summary>
internal sealed class ReportTable
{
    private readonly Table _table = new Table().NoBorder();

    public ReportTable(params IReadOnlyList<string> columns)
    {
        // A mark in the first column says what is not well, for eyes and for grep.
        _table.AddColumn(new TableColumn("").NoWrap().PadLeft(0).PadRight(1));
        for (int i = 0; i < columns.Count; i++)
        {
            var column = new TableColumn($"[dim]{Terminal.Shown(columns[i])}[/]").PadLeft(0).PadRight(2);
            _table.AddColumn(i == columns.Count - 1 ? column : column.NoWrap());
        }
    }

    public Table Table => _table;

    public void Add(bool ok, params IEnumerable<string> cells) => _table.AddRow([ok ? " " : "[yellow]![/]", .. cells.Select(Terminal.Shown)]);
}
