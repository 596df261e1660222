namespace BridgeFramework;

/// <summary>One point as configured: the core's side (name, unit, access, interval) and where it lives, which is the driver's.</summary>
public sealed class PointDefinition
{
    /// <summary>The name in the cloud's messages: 1 to 64 of <c>A-Z a-z 0-9 _ -</c>, unique within the sub-device.</summary>
    public required string Name { get; init; }

    /// <summary>Where it lives, of the type given to <see cref="IPluginBuilder.AddDriver"/>.</summary>
    public required object At { get; init; }

    /// <summary>The kind of value that is expected, or <see langword="null"/> for "as the driver delivers it".</summary>
    public VariantKind? Type { get; init; }

    /// <summary>The engineering unit, such as <c>V</c> or <c>°C</c>; <see langword="null"/> where there is none.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether it is read, written or both.</summary>
    public PointAccess Access { get; init; }

    /// <summary>How often it is wanted. A driver that listens may ignore it.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gives <see cref="At"/> as the driver's own type.</summary>
    /// <typeparam name="TPoint">The type given to <see cref="IPluginBuilder.AddDriver"/>.</typeparam>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public TPoint AtAs<TPoint>()
        where TPoint : class => (TPoint)At;

    /// <summary>Gives the name.</summary>
    public override string ToString() => Name;
}
