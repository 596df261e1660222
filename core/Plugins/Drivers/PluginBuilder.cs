using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace BridgeFramework.Plugins;

/// <summary>Collects the drivers of one plugin while its <see cref="IBridgePlugin.Configure"/> runs.</summary>
internal sealed class PluginBuilder : IPluginBuilder
{
    private readonly List<DriverRegistration> _drivers = [];
    private bool _complete;

    public void AddDriver<TDriver, TChannel, TDevice, TPoint>(
        DriverInfo info,
        JsonTypeInfo<TChannel> channel,
        JsonTypeInfo<TDevice> device,
        JsonTypeInfo<TPoint> point,
        Action<IServiceCollection>? services = null)
        where TDriver : class, ISubDeviceDriver
        where TChannel : class
        where TDevice : class
        where TPoint : class
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(point);
        if (_complete) throw new InvalidOperationException("Drivers are added while Configure runs, not later.");
        if (DriverInfoRules.FindMistake(info, typeof(TDriver), channel) is { } mistake) throw new ArgumentException(mistake, nameof(info));
        if (_drivers.Any(d => d.Info.Name.Equals(info.Name, StringComparison.Ordinal)))
            throw new ArgumentException($"Driver '{info.Name}' is added twice: a plugin's drivers need different names.", nameof(info));

        _drivers.Add(new DriverRegistration(info, channel, device, point, AddServices, p => p.GetRequiredService<TDriver>()));

        void AddServices(IServiceCollection collection, object settings)
        {
            collection.AddSingleton((TChannel)settings);
            services?.Invoke(collection);
            collection.AddSingleton<TDriver>();
        }
    }

    public IReadOnlyList<DriverRegistration> Complete()
    {
        _complete = true;
        return _drivers.Count > 0
            ? _drivers
            : throw new InvalidOperationException("Configure registered no driver: call AddDriver at least once.");
    }
}
