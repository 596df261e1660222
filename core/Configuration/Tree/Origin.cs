using System.Globalization;

namespace BridgeFramework.Configuration;

/// <summary>Where a value came from: a place in a file, an environment variable, the command line, or the defaults.</summary>
internal sealed class Origin
{
    /// <summary>The source of what nobody has written.</summary>
    public const string Default = "default";

    /// <summary>A file name, <c>environment NAME</c>, <c>command line --set path</c>, or <see cref="Default"/>.</summary>
    public required string Source { get; init; }

    /// <summary>From 1; 0 where there are no lines.</summary>
    public int Line { get; init; }

    /// <summary>In characters, from 1; 0 where there are no lines.</summary>
    public int Column { get; init; }

    /// <summary>What else is to say, such as <c>n=2</c> for a value that a range gave.</summary>
    public string? Note { get; init; }

    /// <summary>The origin of what holds this value.</summary>
    public Origin? Parent { get; init; }

    /// <summary>The key, or the index in brackets, under which the parent holds this value.</summary>
    public string Segment { get; init; } = "";

    /// <summary>The place in the configuration, such as <c>channels.line1.devices[0].id</c>.</summary>
    public string Path
    {
        get
        {
            string above = Parent?.Path ?? "";
            return above.Length == 0 || Segment.StartsWith('[') ? above + Segment : $"{above}.{Segment}";
        }
    }

    /// <summary>The same place, with something to say about the value.</summary>
    public Origin With(string note) =>
        new() { Source = Source, Line = Line, Column = Column, Note = note, Parent = Parent, Segment = Segment };

    /// <summary>A value that nobody has written, held by what comes from here.</summary>
    public Origin DefaultOf(string key) => new() { Source = Default, Parent = this, Segment = key };

    /// <summary>A mistake here; for what nobody has written, at the nearest thing around it that somebody has.</summary>
    public ConfigurationMistake Mistake(string message, bool isWarning = false)
    {
        var at = this;
        while (at.IsDefault && at.Parent is { } parent) at = parent;
        return new() { File = at.Source, Line = at.Line, Column = at.Column, Path = Path, Message = message, IsWarning = isWarning };
    }

    /// <summary>Whether nobody has written it.</summary>
    public bool IsDefault => string.Equals(Source, Default, StringComparison.Ordinal);

    /// <summary>The text of the comment that <c>config show --expanded</c> puts behind a value.</summary>
    public override string ToString() => string.Concat(
        Source,
        Line > 0 ? string.Create(CultureInfo.InvariantCulture, $":{Line}") : "",
        Note is null ? "" : $" ({Note})");
}
