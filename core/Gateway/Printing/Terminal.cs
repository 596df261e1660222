using BridgeFramework.Printing;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BridgeFramework.Gateway;

/// <summary>Where a command writes to: in colour and as wide as it is on a terminal, plain text of any width elsewhere.</summary>
internal sealed class Terminal
{
    /// <summary>Wide enough that no line is broken which somebody greps for.</summary>
    private const int FileWidth = 1000;
    private readonly TextWriter _writer;

    private Terminal(TextWriter writer, bool isTerminal) => (_writer, IsTerminal) = (writer, isTerminal);

    public bool IsTerminal { get; }

    public static Terminal Of(TextWriter writer)
    {
        if (writer is PlainWriter plain) writer = plain.Inner;
        return new(writer, (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected)
            || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected));
    }

    /// <summary>Writes lines; a text that is not markup goes through <see cref="Shown"/> first.</summary>
    public void Write(params IEnumerable<IRenderable> parts)
    {
        using var plain = new StringWriter();
        var console = ConsoleOn(IsTerminal ? _writer : plain);
        if (!IsTerminal) console.Profile.Width = FileWidth;
        foreach (var part in parts) console.Write(part);
        if (IsTerminal) return;
        // Cells are filled up with blanks; a file has no use for those at the end of a line.
        string[] lines = plain.ToString().TrimEnd().Split('\n');
        foreach (string line in lines) _writer.WriteLine(line.TrimEnd());
    }

    /// <summary>Writes one line, which is for a reader and for grep: it is never broken.</summary>
    public void WriteLine(string text, Color color)
    {
        var console = ConsoleOn(_writer);
        console.Profile.Width = int.MaxValue;
        console.WriteLine(ForeignText.OneLine(text), new Style(color));
    }

    /// <summary>A text from a file, a device or the hub must neither be markup nor steer the terminal.</summary>
    public static string Shown(string? text) => Markup.Escape(ForeignText.OneLine(text));

    private IAnsiConsole ConsoleOn(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        ColorSystem = IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Out = new AnsiConsoleOutput(writer),
    });
}
