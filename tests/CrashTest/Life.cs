namespace BridgeFramework.CrashTest;

/// <summary>One run of the gateway, from its start to its end.</summary>
internal sealed class Life(int number, DateTimeOffset started)
{
    /// <summary>1 for the first; the kill that ends it has the same number.</summary>
    public int Number { get; } = number;

    public DateTimeOffset Started { get; } = started;

    public DateTimeOffset? Ended { get; set; }

    /// <summary>Whether it was killed rather than asked to end.</summary>
    public bool IsKilled { get; set; }

    /// <summary>How it was when it ended: starting, connected, offline, frozen.</summary>
    public string Phase { get; set; } = "";

    /// <summary>Whether it was seen connected.</summary>
    public bool WasConnected { get; set; }

    /// <summary>From its start to the first value, read in this life, that the hub got.</summary>
    public TimeSpan? ToFirstValue { get; set; }

    /// <summary>The last lines of its log.</summary>
    public IReadOnlyList<string> LastWords { get; set; } = [];

    public bool Covers(DateTimeOffset time) => time >= Started && (Ended is not { } ended || time <= ended);
}
