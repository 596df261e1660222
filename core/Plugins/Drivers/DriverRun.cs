using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Plugins;

/// <summary>One driver instance and the container it lives in. Disposing it disposes both; doing so twice is harmless.</summary>
public sealed partial class DriverRun : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private DriverRun(ServiceProvider services, ISubDeviceDriver driver)
    {
        _services = services;
        Driver = driver;
    }

    /// <summary>The driver.</summary>
    public ISubDeviceDriver Driver { get; }

    /// <summary>Disposes the driver, then what was created for it.</summary>
    /// <returns>A task that ends when all is disposed; it fails with whatever the plugin threw.</returns>
    public ValueTask DisposeAsync() => _services.DisposeAsync();

    internal static DriverRun Create(
        IServiceCollection services, Func<IServiceProvider, ISubDeviceDriver> resolve, ILoggerFactory loggerFactory)
    {
        var provider = services.BuildServiceProvider();
        try
        {
            return new DriverRun(provider, resolve(provider));
        }
        catch
        {
            // Not awaited: it cannot fail, and the caller wants to know now why there is no driver.
            _ = DisposeQuietlyAsync(provider, loggerFactory.CreateLogger<DriverRun>());
            throw;
        }
    }

    private static async Task DisposeQuietlyAsync(ServiceProvider created, ILogger logger)
    {
        try
        {
#pragma warning disable IDISP007 // Create, which made it, hands it over.
            await created.DisposeAsync();
#pragma warning restore IDISP007
        }
        catch (Exception e)
        {
            LogDisposeFailed(logger, e.Message);
        }
    }

    [LoggerMessage(3001, LogLevel.Warning, "A service of a driver that could not be created failed to dispose: {Reason}")]
    private static partial void LogDisposeFailed(ILogger logger, string reason);
}
