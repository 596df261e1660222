namespace BridgeFramework;

/// <summary>A value that a driver read of a point: the value with its quality and, if the device says so, its time.</summary>
public readonly record struct PointValue
{
    /// <summary>A good value, read just now.</summary>
    /// <param name="point">The point.</param>
    /// <param name="value">Its value, in <see cref="PointDefinition.Unit"/>.</param>
    public PointValue(PointDefinition point, Variant value)
    {
        Point = point;
        Value = value;
    }

    /// <summary>No value, and why.</summary>
    /// <param name="point">The point.</param>
    /// <param name="quality">Anything but <see cref="Quality.Good"/>.</param>
    public PointValue(PointDefinition point, Quality quality)
    {
        Point = point;
        Quality = quality;
    }

    /// <summary>The point.</summary>
    public PointDefinition Point { get; }

    /// <summary>The value; <see cref="VariantKind.None"/> where the quality is bad.</summary>
    public Variant Value { get; }

    /// <summary>Whether the value can be used.</summary>
    public Quality Quality { get; }

    /// <summary>
    /// When the device says the value was taken, or <see langword="null"/> for "now". Give it only for values that the
    /// device kept and stamped itself: the gateway's own stamp can be corrected later, a device's cannot.
    /// </summary>
    public DateTimeOffset? Time { get; init; }
}
