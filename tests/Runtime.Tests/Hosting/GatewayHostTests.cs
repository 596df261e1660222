using BridgeFramework.Configuration;
using BridgeFramework.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The start, the end and the failure of whole gateways, one and several in a process.</summary>
public sealed class GatewayHostTests
{
    private const int NotStarted = 4426;
    private const int Connected = 2000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_starts_runs_and_stops()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);

        await site.StartAsync();
        await site.Online(Cloud.Meter(1));
        Assert.Equal(GatewayHostState.Running, site.Host.State);
        await site.StopAsync();

        Assert.Equal((GatewayHostState.Stopped, null), (site.Host.State, site.Host.Failure));
        Assert.True(site.Host.Completion.IsCompletedSuccessfully);
        await Assert.ThrowsAsync<InvalidOperationException>(() => site.Host.StartAsync(Token));
    }

    [Fact]
    public async Task Of_two_gateways_in_a_process_one_that_cannot_start_leaves_the_other_alone()
    {
        await using var hub = await Cloud.StartAsync();
        await using var first = new Site(hub) { Channels = """ "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1} ] } """ };
        await using var second = new Site(hub, Cloud.OtherGateway) { Channels = """ "line1": { "driver": "modbus", "devices": [ {METER 3} ] } """ };
        await first.StartAsync();
        await first.VoltageArrives(1);

        var refused = await Assert.ThrowsAsync<InvalidConfigurationException>(() => second.StartAsync());

        Assert.Contains("bridge.json:", refused.Message, StringComparison.Ordinal);
        Assert.Equal(GatewayHostState.Failed, second.Host.State);
        Assert.Same(refused, second.Host.Failure);
        Assert.Empty(second.Host.PluginsInMemory);
        await first.VoltageArrives(1);
    }

    [Fact]
    public async Task Of_two_gateways_in_a_process_one_that_ends_by_itself_leaves_the_other_alone()
    {
        await using var hub = await Cloud.StartAsync();
        await using var first = new Site(hub) { Channels = """ "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1} ] } """ };
        await using var second = new Site(hub, Cloud.OtherGateway) { Channels = """ "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 3} ] } """ };
        await second.StartAsync();
        await second.StopAsync();
        await first.StartAsync();
        await first.VoltageArrives(1);

        // A bug in one of its loops: the log throws where the session says that it is connected.
        using var log = new LogWatch();
        using var loggers = new LoggerFactory([log, new ThrowingLog(Connected)]);
        await using var host = new GatewayHost(Options(second), loggers);
        await host.StartAsync(Token);

        var bug = await Assert.ThrowsAnyAsync<Exception>(() => host.Completion.OrFail("the gateway ends", log));
        Assert.Contains(ThrowingLog.Message, bug.ToString(), StringComparison.Ordinal);
        Assert.Equal((GatewayHostState.Failed, bug), (host.State, host.Failure));
        Assert.All(host.Gateway.Status.Channels, channel => Assert.Equal(ChannelState.Stopped, channel.State));
        await first.VoltageArrives(1);
        Assert.Equal(GatewayHostState.Running, first.Host.State);
    }

    [Fact]
    public async Task A_gateway_that_is_only_half_put_together_leaves_nothing_open()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);
        await site.StopAsync();
        using (var loggers = new LoggerFactory([new ThrowingLog(Connected, nameof(HubNotifications))]))
        {
            await using var host = new GatewayHost(Options(site), loggers);
            Assert.Equal(ThrowingLog.Message, (await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(Token))).Message);
        }

        await site.StartAsync(); // on the same outbox

        await site.VoltageArrives(1);
    }

    [Fact]
    public async Task A_data_folder_has_one_gateway()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        using var loggers = new LoggerFactory();
        await using var another = new GatewayHost(Options(site), loggers);

        var refused = await Assert.ThrowsAsync<IOException>(() => another.StartAsync(Token));

        Assert.Contains("already running on this data folder", refused.Message, StringComparison.Ordinal);
        await site.StopAsync();
        await using var next = new GatewayHost(Options(site), loggers);
        await next.StartAsync(Token); // the folder is free again
    }

    [Fact]
    public async Task What_starts_with_a_gateway_is_disposed_when_nothing_of_it_runs_and_can_keep_it_from_starting()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.StopAsync();
        using var loggers = new LoggerFactory();
        var states = new List<ChannelState>();
        var options = Options(site);
        await using (var host = new GatewayHost(
            options with
            {
                Companion = (host, _) =>
                {
                    states.AddRange(host.Gateway.Status.Channels.Select(channel => channel.State));
                    return Task.FromResult<IAsyncDisposable>(
                        new Undo(() => states.AddRange(host.Gateway.Status.Channels.Select(channel => channel.State))));
                },
            },
            loggers))
        {
            await host.StartAsync(Token);
        }

        Assert.Equal([ChannelState.Stopped, ChannelState.Stopped], states);

        await using var refused = new GatewayHost(
            options with { Companion = (_, _) => throw new IOException("The port is taken.") }, loggers);
        await Assert.ThrowsAsync<IOException>(() => refused.StartAsync(Token));
        Assert.Equal(GatewayHostState.Failed, refused.State);
    }

    [Fact]
    public async Task In_an_application_a_gateway_that_cannot_start_is_an_error_of_the_log_and_the_application_goes_on()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.StopAsync();
        string broken = Directory.CreateDirectory(site.In("broken")).FullName;
        await File.WriteAllTextAsync(Path.Combine(broken, "bridge.json"), """{ "hub": { "prot": 1 }, "channels": {} }""", Token);
        using var log = new LogWatch();
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddProvider(log);
        builder.Services.AddKeyedBridgeGateway("good", site.In("bridge.json")).AddKeyedBridgeGateway("bad", broken);
        using var application = builder.Build();

        await application.StartAsync(Token);

        var good = application.Services.GetRequiredKeyedService<GatewayHost>("good");
        var bad = application.Services.GetRequiredKeyedService<GatewayHost>("bad");
        Assert.Equal((GatewayHostState.Running, GatewayHostState.Failed), (good.State, bad.State));
        var line = await log.WaitAsync(NotStarted, "'bad'", Token).OrFail("the failure is logged", log);
        Assert.Contains("hub.prot: this key is not known: did you mean 'port'?", line.Text, StringComparison.Ordinal);

        await application.StopAsync(Token);
        Assert.Equal((GatewayHostState.Stopped, GatewayHostState.Failed), (good.State, bad.State));
    }

    /// <summary>Another gateway for the folder of a site, once that one has been started.</summary>
    private static GatewayHostOptions Options(Site site) =>
        new() { Configuration = () => ConfigurationLoader.Load(site.In("bridge.json")) };

    private sealed class ThrowingLog(int eventId, string? category = null) : ILoggerProvider, ILogger
    {
        public const string Message = "The log is broken.";

        public ILogger CreateLogger(string categoryName) =>
            category is not null && categoryName.EndsWith(category, StringComparison.Ordinal)
                ? throw new InvalidOperationException(Message) : this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (id.Id == eventId) throw new InvalidOperationException(Message);
        }

        public void Dispose()
        {
        }
    }
}
