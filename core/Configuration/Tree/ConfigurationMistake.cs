using System.Globalization;

namespace BridgeFramework.Configuration;

/// <summary>One thing wrong with the configuration: where, what, and what was expected.</summary>
public sealed record ConfigurationMistake
{
    /// <summary>The file, or in its place the environment variable or command-line option that gave the value, such as <c>environment
    /// BRIDGE__hub__port</c>.</summary>
    public required string File { get; init; }

    /// <summary>The line, from 1; 0 where there is none.</summary>
    public int Line { get; init; }

    /// <summary>The column in characters, from 1; 0 where there is none.</summary>
    public int Column { get; init; }

    /// <summary>The place in the configuration, such as <c>channels.line1.devices[0].id</c>; empty for the whole.</summary>
    public string Path { get; init; } = "";

    /// <summary>What is wrong and what was expected: one or two sentences, never a secret.</summary>
    public required string Message { get; init; }

    /// <summary>Whether the gateway starts in spite of it.</summary>
    public bool IsWarning { get; init; }

    /// <summary>Gives one line such as <c>bridge.json:12:7: channels.line1.settings.port: 70000 is too large:
    /// expected 1 to 65535.</c></summary>
    public override string ToString() => string.Concat(
        File,
        Line > 0 ? string.Create(CultureInfo.InvariantCulture, $":{Line}:{Column}") : "",
        IsWarning ? ": warning: " : ": ",
        Path.Length > 0 ? Path + ": " : "",
        Message);
}
