namespace BridgeFramework.Runtime;

/// <summary>What there is to be said of the thread pool.</summary>
internal enum PoolNews
{
    None,

    /// <summary>Somebody has lowered what it makes of threads.</summary>
    Lowered,

    /// <summary>Work has begun to wait for a thread.</summary>
    Starves,

    /// <summary>Work does not wait any more.</summary>
    Eased,

    /// <summary>Nothing has run for so long that nothing will.</summary>
    Stuck,
}

/// <summary>What to do about the thread pool.</summary>
/// <param name="Minimum">The minimum to set; <see langword="null"/> to leave it.</param>
/// <param name="Maximum">The maximum to set before that; <see langword="null"/> to leave it.</param>
/// <param name="News">What to say.</param>
internal readonly record struct PoolAdvice(int? Minimum, int? Maximum, PoolNews News);
