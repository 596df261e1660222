namespace BridgeFramework.Runtime;

/// <summary>Asks the driver of a device about versions. One that is there and does not answer is asked again later; after a few times
/// the texts decide until it does, so that a driver that never answers keeps no update waiting. Safe from any thread.</summary>
internal sealed class VersionQuestions(IUpdateTarget target)
{
    /// <summary>So often a driver that is there may leave the same question without an answer.</summary>
    internal const int MaxTries = 3;

    private int _unansweredSame;
    private int _unansweredOlder;

    /// <summary>Whether what the device reports is the version that the hub names.</summary>
    /// <returns><see langword="null"/> where its driver is to be asked again.</returns>
    public async Task<bool?> IsSameAsync(string wanted, string reported, CancellationToken cancellationToken) =>
        Counted(ref _unansweredSame, await target.IsSameVersionAsync(wanted, reported, cancellationToken)) switch
        {
            VersionAnswer.NotAsked or VersionAnswer.NoAnswer => null,
            var answer => answer == VersionAnswer.Yes,
        };

    /// <summary>Holds the version that a device runs against the one that is wanted.</summary>
    /// <param name="wanted">As the hub names it.</param>
    /// <param name="inForce">As the device reports it; <see langword="null"/> where nobody knows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<InForce> CompareAsync(string wanted, string? inForce, CancellationToken cancellationToken)
    {
        if (inForce is null) return default;
        if (await IsSameAsync(wanted, inForce, cancellationToken) is not { } isSame) return new InForce(inForce, IsUncompared: true);
        if (isSame) return new InForce(wanted);
        return Counted(ref _unansweredOlder, await target.IsOlderVersionAsync(wanted, inForce, cancellationToken)) switch
        {
            VersionAnswer.NotAsked or VersionAnswer.NoAnswer => new InForce(inForce, IsUncompared: true),
            VersionAnswer.Texts => new InForce(inForce),
            var answer => new InForce(inForce, answer == VersionAnswer.Yes),
        };
    }

    private static VersionAnswer Counted(ref int unanswered, VersionAnswer answer)
    {
        if (answer == VersionAnswer.NotAsked) return answer;
        if (answer == VersionAnswer.NoAnswer)
            return Interlocked.Increment(ref unanswered) < MaxTries ? VersionAnswer.NoAnswer : VersionAnswer.Texts;
        Interlocked.Exchange(ref unanswered, 0);
        return answer;
    }
}

/// <summary>What a device runs, held against what is wanted.</summary>
/// <param name="Version">The version: as the hub names it where it is the wanted one in other words; <see langword="null"/> where nobody
/// knows.</param>
/// <param name="IsNewer">Whether its driver says that it is newer than the wanted one; <see langword="null"/> where that is left to the
/// texts.</param>
/// <param name="IsUncompared">Whether its driver has yet to say how they compare.</param>
internal readonly record struct InForce(string? Version, bool? IsNewer = null, bool IsUncompared = false);
