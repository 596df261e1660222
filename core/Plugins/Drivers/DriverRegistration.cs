using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Plugins;

/// <summary>One driver that a plugin brought: what it says of itself, the schemas of its configuration, and how to run it.</summary>
/// <remarks>Immutable, safe to use from any thread. Holds the plugin's types, and so the plugin in memory:
/// drop it before an unload.</remarks>
public sealed class DriverRegistration
{
    private readonly JsonTypeInfo _channel;
    private readonly JsonTypeInfo _device;
    private readonly JsonTypeInfo _point;
    private readonly Action<IServiceCollection, object> _addDriver;
    private readonly Func<IServiceProvider, ISubDeviceDriver> _resolve;

    internal DriverRegistration(
        DriverInfo info,
        JsonTypeInfo channel,
        JsonTypeInfo device,
        JsonTypeInfo point,
        Action<IServiceCollection, object> addDriver,
        Func<IServiceProvider, ISubDeviceDriver> resolve)
    {
        Info = info;
        (_channel, _device, _point) = (channel, device, point);
        (_addDriver, _resolve) = (addDriver, resolve);
        ChannelSchema = SettingsSchema.Of(channel);
        DeviceSchema = SettingsSchema.Of(device);
        PointSchema = SettingsSchema.Of(point);
    }

    /// <summary>Name, description, capabilities.</summary>
    public DriverInfo Info { get; }

    /// <summary>The JSON schema (draft 2020-12) of a channel's <c>settings</c>. Do not change it.</summary>
    /// <remarks>
    /// Beside the standard keywords, a duration is <c>{"type":"string","format":"duration"}</c> with its limits in
    /// <c>x-minimum</c> and <c>x-maximum</c>, all in the form of <see cref="DurationJsonConverter"/>.
    /// </remarks>
    public JsonNode ChannelSchema { get; }

    /// <summary>The JSON schema of a sub-device's <c>settings</c>, as for <see cref="ChannelSchema"/>.</summary>
    public JsonNode DeviceSchema { get; }

    /// <summary>The JSON schema of a point's <c>at</c>, as for <see cref="ChannelSchema"/>.</summary>
    public JsonNode PointSchema { get; }

    /// <summary>Reads a channel's <c>settings</c>; what they leave out gets its default.</summary>
    /// <param name="settings">A JSON object. Its limits are those of <see cref="ChannelSchema"/>, checked by the caller.</param>
    /// <returns>The driver's own record, for <see cref="CreateRun"/>.</returns>
    /// <exception cref="SettingsException">They cannot be read.</exception>
    public object ReadChannelSettings(JsonElement settings) => SettingsReader.Read(settings, _channel, "channel settings");

    /// <summary>Reads a sub-device's <c>settings</c>; what they leave out gets its default.</summary>
    /// <param name="settings">A JSON object. Its limits are those of <see cref="DeviceSchema"/>, checked by the caller.</param>
    /// <returns>The driver's own record, for <see cref="SubDevice.Settings"/>.</returns>
    /// <exception cref="SettingsException">They cannot be read.</exception>
    public object ReadDeviceSettings(JsonElement settings) => SettingsReader.Read(settings, _device, "device settings");

    /// <summary>Reads a point's <c>at</c>; what it leaves out gets its default.</summary>
    /// <param name="at">A JSON object. Its limits are those of <see cref="PointSchema"/>, checked by the caller.</param>
    /// <returns>The driver's own record, for <see cref="PointDefinition.At"/>.</returns>
    /// <exception cref="SettingsException">It cannot be read.</exception>
    public object ReadPointAddress(JsonElement at) => SettingsReader.Read(at, _point, "point's 'at' members");

    /// <summary>Creates a driver for one run of a channel, in a container of its own.</summary>
    /// <remarks>Runs code of the plugin: whatever that throws comes out as it is.</remarks>
    /// <param name="channelSettings">What <see cref="ReadChannelSettings"/> gave.</param>
    /// <param name="loggerFactory">For the driver's loggers; not disposed.</param>
    /// <param name="timeProvider">The driver's clock.</param>
    /// <returns>The driver and its container. Dispose it when the run has ended.</returns>
    /// <exception cref="ArgumentException">The settings are not of this driver.</exception>
    public DriverRun CreateRun(object channelSettings, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(channelSettings);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        ArgumentNullException.ThrowIfNull(timeProvider);
        if (!_channel.Type.IsInstanceOfType(channelSettings))
            throw new ArgumentException(
                $"Driver '{Info.Name}' runs with {_channel.Type.Name}, not with {channelSettings.GetType().Name}: pass what "
                    + "ReadChannelSettings gave.",
                nameof(channelSettings));
        var services = new ServiceCollection();
        services.AddSingleton(loggerFactory);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(timeProvider);
        _addDriver(services, channelSettings);
        return DriverRun.Create(services, _resolve, loggerFactory);
    }

    /// <summary>Gives the driver's name.</summary>
    public override string ToString() => Info.Name;
}
