using System.Diagnostics;
using System.Runtime.ExceptionServices;
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
    /// <exception cref="InvalidOperationException">There is such a gateway already.</exception>
    public static IServiceCollection AddBridgeGateway(
        this IServiceCollection services, string folder, Func<IServiceProvider, GatewayHostOptions, GatewayHostOptions>? configure = null)
    {
        if (Has(services, key: null))
            throw new InvalidOperationException(
                "There is a gateway in these services already: add another one by AddKeyedBridgeGateway with a key of its own.");
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
        if (Has(services, name))
            throw new InvalidOperationException(
                $"There is a gateway '{name}' in these services already: add another one by AddKeyedBridgeGateway with another key.");
        services.AddKeyedSingleton(name, (provider, _) => Create(provider, folder, configure));
        return services.AddSingleton<IHostedService>(
            provider => ServiceOf(provider, name, provider.GetRequiredKeyedService<GatewayHost>(name)));
    }

    private static bool Has(IServiceCollection services, string? key) =>
        services.Any(service => service.ServiceType == typeof(GatewayHost) && Equals(service.ServiceKey, key));

    private static GatewayHost Create(
        IServiceProvider provider, string folder, Func<IServiceProvider, GatewayHostOptions, GatewayHostOptions>? configure)
    {
        var options = new GatewayHostOptions { Configuration = () => ConfigurationLoader.Load(folder) };
        try
        {
            options = configure?.Invoke(provider, options) ?? options;
        }
        catch (Exception exception)
        {
            // Here it would keep the application and its other gateways from starting, and it is a matter of this one.
            options = options with { Configuration = () => Fail(exception) };
        }

        return new GatewayHost(options, provider.GetRequiredService<ILoggerFactory>());
    }

    private static ConfigurationResult Fail(Exception exception)
    {
        ExceptionDispatchInfo.Throw(exception); // and not anew: where it came from stays with it
        throw new UnreachableException();
    }

    private static GatewayService ServiceOf(IServiceProvider provider, string name, GatewayHost host) =>
        new(name, host, provider.GetService<IHostApplicationLifetime>(), provider.GetRequiredService<ILogger<GatewayService>>());
}
