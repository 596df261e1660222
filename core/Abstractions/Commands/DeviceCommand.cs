using System.Text.Json;

namespace BridgeFramework;

/// <summary>A command to a sub-device. One of <see cref="WritePoints"/>, <see cref="ReadPoints"/> and
/// <see cref="InvokeAction"/>; more may come.</summary>
public abstract record DeviceCommand
{
    /// <summary>The sender's id of the command; for logs, unique per sub-device.</summary>
    public required string Id { get; init; }
}

/// <summary>Writes points, in the order given.</summary>
public sealed record WritePoints : DeviceCommand
{
    /// <summary>What to write; each point at most once.</summary>
    public required IReadOnlyList<PointWrite> Writes { get; init; }
}

/// <summary>One point to write.</summary>
public readonly record struct PointWrite
{
    /// <summary>The point; its access allows writing.</summary>
    public required PointDefinition Point { get; init; }

    /// <summary>The value in the point's unit, as the sender gave it: a driver checks that it fits.</summary>
    public required Variant Value { get; init; }
}

/// <summary>Reads points now, ahead of their turn. The values go out through <see cref="IChannel.ReportAsync"/> as usual.</summary>
public sealed record ReadPoints : DeviceCommand
{
    /// <summary>Which.</summary>
    public required IReadOnlyList<PointDefinition> Points { get; init; }
}

/// <summary>Invokes an action of the device, such as "restart".</summary>
public sealed record InvokeAction : DeviceCommand
{
    /// <summary>The action's name.</summary>
    public required string Action { get; init; }

    /// <summary>Its arguments, as the sender gave them.</summary>
    public JsonElement Arguments { get; init; }
}
