using BridgeFramework.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Puts gateways into a program that has a host of its own, such as a web application.</summary>
public static class GatewayServices
{
    /// <summary>Runs a gateway as long as the application runs. <see cref="GatewayHost"/> is the service to ask.</summary>
    /// <remarks>
    /// The application goes on where the gateway cannot start or ends by itself: that is an error of the log and the
    /// <see cref="GatewayHost.State"/> of the gateway.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="folder">The configuration folder, which holds <c>bridge.json</c>.</param>
    /// <param name="configure">Changes what the host is given; see <see cref="GatewayHostOptions"/>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddBridgeGateway(
        this IServiceCollection services, string folder, Func<IServiceProvider, GatewayHostOptions, GatewayHostOptions>? configure = null)
    {
        services.AddSingleton(provider => Create(provider, folder, configure));
        return services.AddSingleton<IHostedService>(provider => ServiceOf(provider, "", provider.GetRequiredService<GatewayHost>()));
    }

    /// <summary>Runs one of several gateways as long as the application runs. The <see cref="GatewayHost"/>
    /// with its name as key is the service to ask.</summary>
    /// <inheritdoc cref="AddBridgeGateway(IServiceCollection, string, Func{IServiceProvider, GatewayHostOptions, GatewayHostOptions})"/>
    /// <param name="services">The application's services.</param>
    /// <param name="name">Its name in this application, and in its log.</param>
    /// <param name="folder">The configuration folder, which holds <c>bridge.json</c>. Each gateway needs a data folder of its own.</param>
    /// <param name="configure">Changes what the host is given; see <see cref="GatewayHostOptions"/>.</param>
    public static IServiceCollection AddKeyedBridgeGateway(
        this IServiceCollection services, string name, string folder,
            Func<IServiceProvider, GatewayHostOptions, GatewayHostOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.AddKeyedSingleton(name, (provider, _) => Create(provider, folder, configure));
        return services.AddSingleton<IHostedService>(
            provider => ServiceOf(provider, name, provider.GetRequiredKeyedService<GatewayHost>(name)));
    }

    private static GatewayHost Create(
        IServiceProvider provider, string folder, Func<IServiceProvider, GatewayHostOptions, GatewayHostOptions>? configure)
    {
        var options = new GatewayHostOptions { Configuration = () => ConfigurationLoader.Load(folder) };
        return new GatewayHost(configure?.Invoke(provider, options) ?? options, provider.GetRequiredService<ILoggerFactory>());
    }

    private static GatewayService ServiceOf(IServiceProvider provider, string name, GatewayHost host) =>
        new(name, host, provider.GetRequiredService<ILogger<GatewayService>>());
}
