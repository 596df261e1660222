using System.Text;
using BridgeFramework.Printing;

namespace BridgeFramework.Gateway;

/// <summary>Where a command writes text to, its own and that of others: nothing of it steers the terminal. Colours go past it, by
/// <see cref="Terminal"/>.</summary>
/// <param name="inner">Takes the text.</param>
internal sealed class PlainWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public TextWriter Inner => inner;

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Half of a surrogate pair comes out as a sign: whoever writes text writes more than a character at a time.</summary>
    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value) => inner.Write(ForeignText.Lines(value ?? ""));

    public override void WriteLine(string? value) => inner.WriteLine(ForeignText.Lines(value ?? ""));

    public override Task WriteAsync(string? value) => inner.WriteAsync(ForeignText.Lines(value ?? ""));

    public override Task WriteLineAsync(string? value) => inner.WriteLineAsync(ForeignText.Lines(value ?? ""));

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();
}
