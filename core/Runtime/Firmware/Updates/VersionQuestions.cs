namespace BridgeFramework.Runtime;

/// <summary>Asks the driver of a device about versions. One that is there and does not answer is asked again later; after a few times
/// the texts decide until it does, so that a driver that never answers keeps no update waiting. Safe from any thread.</summary>
internal sealed class VersionQuestions(IUpdateTarget target)
{
    /// <summary>So often a driver that is there may leave the same question without an answer.</summary>
    internal const int MaxTries = 3;

    /// <summary>How many questions are remembered that got no answer. Of more, the oldest one is forgotten: the hub names what it
    /// likes.</summary>
    private const int MaxUnanswered = 16;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<(Question Asked, string Wanted, string Reported), int> _unanswered = [];

    private enum Question
    {
        IsSame,
        IsOlder,
    }

    /// <summary>Whether what the device reports is the version that the hub names.</summary>
    /// <returns><see langword="null"/> where its driver is to be asked again.</returns>
    public async Task<bool?> IsSameAsync(string wanted, string reported, CancellationToken cancellationToken) =>
        Counted((Question.IsSame, wanted, reported), await target.IsSameVersionAsync(wanted, reported, cancellationToken)) switch
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
        var answer = await target.IsOlderVersionAsync(wanted, inForce, cancellationToken);
        return Counted((Question.IsOlder, wanted, inForce), answer) switch
        {
            VersionAnswer.NotAsked or VersionAnswer.NoAnswer => new InForce(inForce, IsUncompared: true),
            VersionAnswer.Texts => new InForce(inForce),
            var says => new InForce(inForce, says == VersionAnswer.Yes),
        };
    }

    private VersionAnswer Counted((Question Asked, string Wanted, string Reported) question, VersionAnswer answer)
    {
        if (answer == VersionAnswer.NotAsked) return answer;
        lock (_gate)
        {
            _unanswered.Remove(question, out int tries);
            if (answer != VersionAnswer.NoAnswer) return answer;
            if (_unanswered.Count == MaxUnanswered) _unanswered.RemoveAt(0);
            _unanswered.Add(question, tries + 1);
            return tries + 1 < MaxTries ? VersionAnswer.NoAnswer : VersionAnswer.Texts;
        }
    }
}

/// <summary>What a device runs, held against what is wanted.</summary>
/// <param name="Version">The version: as the hub names it where it is the wanted one in other words; <see langword="null"/> where nobody
/// knows.</param>
/// <param name="IsNewer">Whether its driver says that it is newer than the wanted one; <see langword="null"/> where that is left to the
/// texts.</param>
/// <param name="IsUncompared">Whether its driver has yet to say how they compare.</param>
internal readonly record struct InForce(string? Version, bool? IsNewer = null, bool IsUncompared = false);
