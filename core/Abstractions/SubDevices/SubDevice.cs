namespace BridgeFramework;

/// <summary>A sub-device as configured: who it is in the cloud, where it is on the channel, which points it has.</summary>
/// <remarks>Immutable. The gateway gives a driver the same instance for the whole run, or a new one through
/// <see cref="ILiveDevices"/>.</remarks>
public sealed class SubDevice
{
    /// <summary>The cloud identity.</summary>
    public required SubDeviceId Id { get; init; }

    /// <summary>The driver's settings of this sub-device, of the type given to <see cref="IPluginBuilder.AddDriver"/>.</summary>
    public required object Settings { get; init; }

    /// <summary>The configured points; empty for a sub-device that brings its own (<see cref="IChannel.Describe"/>).</summary>
    public required IReadOnlyList<PointDefinition> Points { get; init; }

    /// <summary>Gives <see cref="Settings"/> as the driver's own type.</summary>
    /// <typeparam name="TDevice">The type given to <see cref="IPluginBuilder.AddDriver"/>.</typeparam>
    /// <exception cref="InvalidCastException">The settings are of another type.</exception>
    public TDevice SettingsAs<TDevice>()
        where TDevice : class => (TDevice)Settings;

    /// <summary>Gives the identity.</summary>
    public override string ToString() => Id.ToString();
}
