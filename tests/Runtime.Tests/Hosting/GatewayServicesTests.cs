using BridgeFramework.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Gateways in an application of somebody else.</summary>
public sealed class GatewayServicesTests
{
    private const int NotStarted = 4426;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_application_that_is_stopped_while_its_gateway_starts_ends_as_it_always_does()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = await PreparedAsync(hub);
        using var log = new LogWatch();
        var entered = new TaskCompletionSource();
        using var application = Application(log, services => services.AddBridgeGateway(
            site.In("bridge.json"), (_, options) => options with { Companion = (_, stopping) => NeverStarts(entered, stopping) }));

        var running = application.RunAsync(Token);
        await entered.Task.OrFail("the start has come to its companion", log);
        application.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        await running.OrFail("the application ends", log);
        Assert.Empty(log.Troubles);
    }

    [Fact]
    public async Task Whoever_gives_up_the_start_of_an_application_is_told_so()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = await PreparedAsync(hub);
        using var log = new LogWatch();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var entered = new TaskCompletionSource();
        using var application = Application(log, services => services.AddBridgeGateway(
            site.In("bridge.json"), (_, options) => options with { Companion = (_, stopping) => NeverStarts(entered, stopping) }));

        var starting = application.StartAsync(giveUp.Token);
        await entered.Task.OrFail("the start has come to its companion", log);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.OrFail("the start ends", log));
        Assert.Equal(GatewayHostState.Stopped, application.Services.GetRequiredService<GatewayHost>().State);
    }

    [Fact]
    public void A_second_gateway_of_the_same_name_is_refused_when_it_is_registered()
    {
        var services = new ServiceCollection()
            .AddBridgeGateway("one").AddKeyedBridgeGateway("a", "two").AddKeyedBridgeGateway("b", "three");

        var unnamed = Assert.Throws<InvalidOperationException>(() => services.AddBridgeGateway("four"));
        var named = Assert.Throws<InvalidOperationException>(() => services.AddKeyedBridgeGateway("b", "five"));

        Assert.Contains("AddKeyedBridgeGateway with a key of its own", unnamed.Message, StringComparison.Ordinal);
        Assert.Contains("'b'", named.Message, StringComparison.Ordinal);
        Assert.Contains("AddKeyedBridgeGateway with another key", named.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_fails_to_configure_is_one_gateway_that_cannot_start()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = await PreparedAsync(hub);
        using var log = new LogWatch();
        var mistake = new KeyNotFoundException("There is no such thing.");
        using var application = Application(log, services => services
            .AddKeyedBridgeGateway("bad", site.In("elsewhere"), (_, _) => throw mistake)
            .AddKeyedBridgeGateway("good", site.In("bridge.json")));

        await application.StartAsync(Token);

        var bad = application.Services.GetRequiredKeyedService<GatewayHost>("bad");
        Assert.Equal((GatewayHostState.Failed, mistake), (bad.State, bad.Failure));
        Assert.Equal(GatewayHostState.Running, application.Services.GetRequiredKeyedService<GatewayHost>("good").State);
        var line = await log.WaitAsync(NotStarted, "'bad'", Token).OrFail("the failure is logged", log);
        Assert.Contains(mistake.Message, line.Text, StringComparison.Ordinal);
        await application.StopAsync(Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_companion_that_gives_nothing_keeps_the_gateway_from_starting(bool isAsync)
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = await PreparedAsync(hub);
        using var loggers = new LoggerFactory();
        await using var host = new GatewayHost(
            new GatewayHostOptions
            {
                Configuration = () => ConfigurationLoader.Load(site.In("bridge.json")),
#pragma warning disable MA0022 // As a program without annotations may do.
                Companion = (_, _) => isAsync ? Task.FromResult<IAsyncDisposable>(null!) : null!,
#pragma warning restore MA0022
            },
            loggers);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(Token));

        Assert.Contains("GatewayHostOptions.Companion", refused.Message, StringComparison.Ordinal);
        Assert.Equal(GatewayHostState.Failed, host.State);
    }

    private static async Task<IAsyncDisposable> NeverStarts(TaskCompletionSource entered, CancellationToken stopping)
    {
        entered.SetResult();
        await new TaskCompletionSource().Task.WaitAsync(stopping);
        throw new InvalidOperationException("not reached");
    }

    private static IHost Application(LogWatch log, Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddProvider(log);
        add(builder.Services);
        return builder.Build();
    }

    /// <summary>A folder that a gateway can start on.</summary>
    private static async Task<Site> PreparedAsync(IotHubEmulator.HubEmulator hub)
    {
        var site = new Site(hub);
        await site.StartAsync();
        await site.StopAsync();
        return site;
    }
}
