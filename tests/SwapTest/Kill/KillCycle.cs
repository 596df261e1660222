namespace BridgeFramework.SwapTest;

/// <summary>One life of the gateway that was killed while a version came, and the next.</summary>
internal sealed record KillCycle
{
    public required int Number { get; init; }
    public required TickerVersion Version { get; init; }
    public required Way Way { get; init; }

    /// <summary>Whether there was no version of the plugin before.</summary>
    public required bool IsFirst { get; init; }

    /// <summary>What the kill was aimed at.</summary>
    public required string Aim { get; init; }
    public DateTimeOffset Killed { get; set; }

    /// <summary>The last thing that the killed gateway said of the plugin.</summary>
    public string LastWord { get; set; } = "";

    /// <summary>Whether a version was on trial whose channels had moved: the stores go back to what they were then.</summary>
    public bool WasOnTrial { get; set; }

    /// <summary>The version that was at work first afterwards.</summary>
    public string? AtWork { get; set; }

    /// <summary>From the restart to the first number on every channel.</summary>
    public TimeSpan? ToFirstNumber { get; set; }

    /// <summary>The version in force when all had come to rest.</summary>
    public string? InForce { get; set; }
}
