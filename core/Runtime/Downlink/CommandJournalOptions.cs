namespace BridgeFramework.Runtime;

/// <summary>How much the journal of commands remembers.</summary>
internal sealed record CommandJournalOptions
{
    /// <summary>How many commands are remembered over all sub-devices.</summary>
    public int MaxCommands { get; init; } = 4096;

    /// <summary>How many bytes of replies are remembered over all sub-devices.</summary>
    public long MaxBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long a command is remembered after its reply was delivered, by the steady clock of one
    /// run: each start counts anew.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How large the file may become before it is written anew; what is to be kept counts double.</summary>
    public int CompactAt { get; init; } = 256 * 1024;

    /// <summary>How long a disk that failed is left alone where no command asks for it.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(5);
}
