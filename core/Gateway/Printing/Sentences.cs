using BridgeFramework.Printing;

namespace BridgeFramework.Gateway;

/// <summary>What a command says in plain text.</summary>
internal static class Sentences
{
    /// <summary>Writes one line; what it quotes from files, plugins and the gateway begins no other.</summary>
    public static Task SayAsync(this TextWriter writer, string sentence) => writer.WriteLineAsync(ForeignText.OneLine(sentence));
}
