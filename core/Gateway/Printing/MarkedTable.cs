using Spectre.Console;
using Spectre.Console.Rendering;

namespace BridgeFramework.Gateway;

/// <summary>
/// A table as all commands print it: no frame, a mark before what is not well, the reason last: beside the rest where there is room, else
/// below it.
/// </summary>
internal sealed class MarkedTable(params IReadOnlyList<string> columns) : Renderable
{
    /// <summary>A column narrower than this breaks a reason into words.</summary>
    private const int ReadableWidth = 40;

    private const int Gap = 2;
    private readonly List<(bool Ok, string[] Cells)> _rows = [];

    /// <param name="ok">Whether it is without a mark.</param>
    /// <param name="cells">One for each column.</param>
    public void Add(bool ok, params IEnumerable<string> cells) => _rows.Add((ok, [.. cells]));

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var widths = columns.Select((header, i) => _rows.Max(row => row.Cells[i].Length) is var longest && longest > header.Length ? longest
            : header.Length).ToList();
        int left = maxWidth - Gap - widths.SkipLast(1).Sum(width => width + Gap);
        IRenderable table = widths[^1] <= left || left >= ReadableWidth ? Beside() : Below(widths);
        return table.Render(options, maxWidth);
    }

    private Table Beside()
    {
        var table = new Table().NoBorder();
        table.AddColumn(new TableColumn("").NoWrap().PadLeft(0).PadRight(1));
        for (int i = 0; i < columns.Count; i++)
        {
            var column = new TableColumn(Header(columns[i])).PadLeft(0).PadRight(Gap);
            table.AddColumn(i == columns.Count - 1 ? column : column.NoWrap());
        }

        foreach (var (ok, cells) in _rows) table.AddRow([Mark(ok), .. cells.Select(Terminal.Shown)]);
        return table;
    }

    private Rows Below(List<int> widths)
    {
        List<IRenderable> lines = [new Markup(Header("  " + Line(columns)))];
        foreach (var (ok, cells) in _rows)
        {
            lines.Add(new Markup($"{Mark(ok)} {Terminal.Shown(Line(cells))}"));
            if (cells[^1].Length > 0)
                lines.Add(new Padder(new Markup(Terminal.Shown(cells[^1])), new Padding(left: 6, top: 0, right: 0, bottom: 0)));
        }

        return new Rows(lines);

        string Line(IReadOnlyList<string> cells) =>
            string.Join("  ", cells.SkipLast(1).Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd();
    }

    private static string Mark(bool ok) => ok ? " " : "[yellow]![/]";

    private static string Header(string text) => $"[dim]{Terminal.Shown(text)}[/]";
}
