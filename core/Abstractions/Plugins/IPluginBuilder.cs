using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace BridgeFramework;

/// <summary>Takes what a plugin brings. Implemented by the gateway; may grow.</summary>
public interface IPluginBuilder
{
    /// <summary>Adds a driver and the records that its configuration is read into.</summary>
    /// <remarks>
    /// <para>The three records are read from <c>bridge.json</c> through the source-generated type information given here, so
    /// that no reflection over plugin types keeps the plugin in memory after it was replaced. Their JSON schema, with the
    /// ranges of <c>System.ComponentModel.DataAnnotations</c> attributes, validates the configuration before a channel starts.</para>
    /// <para>For each run of a channel the gateway builds a container of its own, with <typeparamref name="TChannel"/> (the
    /// channel's settings), <c>ILogger&lt;T&gt;</c>, <see cref="TimeProvider"/> and what <paramref name="services"/> adds, and
    /// resolves a new <typeparamref name="TDriver"/> from it. The container is disposed after the run.</para>
    /// </remarks>
    /// <typeparam name="TDriver">The driver; created anew for each run of a channel.</typeparam>
    /// <typeparam name="TChannel">The <c>settings</c> of a channel.</typeparam>
    /// <typeparam name="TDevice">The <c>settings</c> of a sub-device; found in <see cref="SubDevice.Settings"/>.</typeparam>
    /// <typeparam name="TPoint">The <c>at</c> of a point; found in <see cref="PointDefinition.At"/>.</typeparam>
    /// <param name="info">Name, description and what the driver can do.</param>
    /// <param name="channel">How a channel's settings are read.</param>
    /// <param name="device">How a sub-device's settings are read.</param>
    /// <param name="point">How a point's <c>at</c> is read.</param>
    /// <param name="services">Adds services of the driver to its container, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The name is not usable, or this plugin has already added a driver of that name.</exception>
    void AddDriver<TDriver, TChannel, TDevice, TPoint>(
        DriverInfo info,
        JsonTypeInfo<TChannel> channel,
        JsonTypeInfo<TDevice> device,
        JsonTypeInfo<TPoint> point,
        Action<IServiceCollection>? services = null)
        where TDriver : class, ISubDeviceDriver
        where TChannel : class
        where TDevice : class
        where TPoint : class;
}
