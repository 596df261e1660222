namespace BridgeFramework.Disks;

/// <summary>What of that which was not synced is there after a power cut.</summary>
public sealed class Survival
{
    private readonly Func<bool> _next;

    private Survival(Func<bool> next) => _next = next;

    /// <summary>Nothing of it.</summary>
    public static Survival Nothing { get; } = new(() => false);

    /// <summary>All of it.</summary>
    public static Survival Everything { get; } = new(() => true);

    /// <summary>Each piece or not, as chance has it.</summary>
    public static Survival Chance(Random random) => new(() => random.Next(2) == 0);

    internal bool Next() => _next();
}
