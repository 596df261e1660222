using BridgeFramework.Processes;

namespace BridgeFramework.CrashTest;

/// <summary>What is known at the end of a run.</summary>
internal sealed record Evidence
{
    public required CrashTestOptions Options { get; init; }
    public required Lives Lives { get; init; }
    public required CountBook Book { get; init; }
    public required UplinkView Hub { get; init; }

    /// <summary>What the gateway said, or <see langword="null"/> with <see cref="LedgerFault"/>.</summary>
    public required IReadOnlyDictionary<string, LedgerEntry>? Ledger { get; init; }
    public required string LedgerFault { get; init; }

    /// <summary>Whether nothing came or went any more while hub and ledger were asked: only then the two can be compared.</summary>
    public required bool IsQuiet { get; init; }
    public required long Overlooked { get; init; }

    /// <summary>What a message of the hub said, by its number.</summary>
    public required Func<long, string> TextOf { get; init; }
}
