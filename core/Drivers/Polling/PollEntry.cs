namespace BridgeFramework.Drivers;

/// <summary>A group of points that are read together, and how often.</summary>
/// <typeparam name="TGroup">The driver's own type of a group.</typeparam>
/// <param name="Group">The group; each at most once in a schedule.</param>
/// <param name="Owner">The unit it belongs to: under overload units take turns, however many groups each has.</param>
/// <param name="Interval">How often it is wanted; above zero.</param>
public readonly record struct PollEntry<TGroup>(TGroup Group, object Owner, TimeSpan Interval)
    where TGroup : class;

/// <summary>What became of the run of a group.</summary>
public enum PollEnd
{
    /// <summary>It is done until its next time.</summary>
    Finished,

    /// <summary>It wants to go on, after the groups that are waiting now.</summary>
    Again,
}
