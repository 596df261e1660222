using System.Text;
using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A router of commands between a channel with a scripted driver and a hub and a disk that do as they are told.</summary>
internal sealed class CommandRouterBench : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private readonly Channel<HubMessage> _messages = System.Threading.Channels.Channel.CreateUnbounded<HubMessage>();
    private readonly CancellationTokenSource _stop = new();
    private readonly LoggerFactory _loggers;
    private volatile CloudState _state;

    public CommandRouterBench()
    {
        StateOf = _ => _state;
        _loggers = new LoggerFactory([Channel.Log]);
        Channel.Start();
        var options = new CommandJournalOptions();
        var journal = new CommandJournal(options, Channel.Time, _loggers.CreateLogger<CommandJournal>());
        var writer = new JournalWriter(journal, Disk, options, Channel.Time, _loggers.CreateLogger<JournalWriter>());
        Router = new CommandRouter(
            journal,
            writer,
            Hub,
            device => StateOf(device),
            attempt => attempt == Connection,
            Time,
            _loggers.CreateLogger<CommandRouter>());
        Router.Apply(Channel.Routes);
        Follow(CloudState.Online);
        Running = Router.RunAsync(_messages.Reader, _stop.Token);
    }

    public ChannelBench Channel { get; } = new();

    /// <summary>The router's clock alone: each timer is the deadline of a command, or a reply that rests.</summary>
    public WatchedTime Time { get; } = new();
    public ScriptedPublisher Hub { get; } = new();
    public SimulatedDisk Disk { get; } = new();
    public CommandRouter Router { get; }

    /// <summary>The router at work.</summary>
    public Task Running { get; }

    /// <summary>How the hub has a sub-device.</summary>
    public Func<SubDeviceId, CloudState> StateOf { get; set; }

    /// <summary>The connection that stands.</summary>
    public int Connection { get; set; } = 1;

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync(); // as in a gateway, the channels end first
        await _stop.CancelAsync();
        await Step.Of("the router stops", async _ => await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing), Channel.Log);
        _loggers.Dispose();
        _stop.Dispose();
    }

    /// <summary>The hub has the sub-device so from now on.</summary>
    public void Follow(CloudState state)
    {
        _state = state;
        Router.Follow(ChannelBench.Meter);
    }

    public async Task ServeAsync() => (await Channel.Script.NextRun()).Channel.SetServing();

    public Task<TimeSpan> DeadlineArmed() => Step.Of("a command begins", ct => Time.TimerArmed.ReadAsync(ct).AsTask(), Channel.Log);

    public async Task RestArmed()
    {
        // The deadlines of commands come before it on this clock.
        while (await Step.Of("a reply rests", ct => Time.TimerArmed.ReadAsync(ct).AsTask(), Channel.Log) != TimeSpan.FromSeconds(1))
        {
        }
    }

    public void Send(string id, string? payload = null, string? topic = null, int attempt = 1) => _messages.Writer.TryWrite(new HubMessage
    {
        Topic = topic ?? $"{ChannelBench.Meter}/control",
        Payload = Encoding.UTF8.GetBytes(payload ?? $$$"""{"id":"{{{id}}}","write":{"setpoint":1}}"""),
        Qos = 1,
        ReceivedAt = Time.GetUtcNow(),
        Attempt = attempt,
    });

    public async Task<string> ReplyAsync()
    {
        var publish = await Hub.Next();
        Assert.Equal(($"{ChannelBench.Meter}/event", PublishPriority.CommandReply), (publish.Topic, publish.Priority));
        publish.Confirm();
        return publish.Text;
    }
}
