using System.Text;
using System.Threading.Channels;
using BridgeFramework.Fuzz;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Random and mutated payloads on a topic of commands. BRIDGE_FUZZ sets how many (default 10000).</summary>
public sealed class CommandFuzzTests
{
    private const long Tolerated = 8 * 1024 * 1024; // bytes that live on after a run of any length: pools and caches

    private static readonly byte[][] Real =
    [
        """{"id":"c1","write":{"setpoint":21.5}}"""u8.ToArray(),
        """{"id":"c2","expires":1700000000000,"write":{"setpoint":1,"mode":"auto"}}"""u8.ToArray(),
        """{"id":"c3","write":{"voltage":true,"nothing":null,"list":[1,2,{"a":"b"}]}}"""u8.ToArray(),
        """{"id":"\u00e9\ud83d\ude00","write":{"mode":"\ud800"}}"""u8.ToArray(),
        """{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{}}"""u8.ToArray(),
        """{"outcome":"done","id":"c1"}"""u8.ToArray(),
    ];

    [Fact]
    public async Task Whatever_comes_each_command_is_answered_once_and_nothing_is_kept()
    {
        await using var bench = new ChannelBench().Start();
        var hub = new CountingPublisher();
        var messages = Channel.CreateBounded<HubMessage>(1);
        using var stop = new CancellationTokenSource();
        using var loggers = new LoggerFactory();
        var options = new CommandJournalOptions { MaxCommands = 256 };
        var journal = new CommandJournal(options, TimeProvider.System, loggers.CreateLogger<CommandJournal>());
        var writer = new JournalWriter(journal, new SimulatedDisk(), options, TimeProvider.System, loggers.CreateLogger<JournalWriter>());
        var router = new CommandRouter(
            journal,
            writer,
            hub,
            _ => CloudState.Online,
            _ => true,
            TimeProvider.System,
            loggers.CreateLogger<CommandRouter>());
        router.Apply(bench.Routes);
        var running = router.RunAsync(messages.Reader, stop.Token);
        (await bench.Script.NextRun()).Channel.SetServing();
        var answering = AnswerAsync(bench.Script, stop.Token);

        var mutations = new Mutations(20261123, Real);
        int half = Mutations.Count(few: 10_000) / 2;
        await StormAsync(hub, messages.Writer, mutations, half);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await StormAsync(hub, messages.Writer, mutations, half);
        long after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.False(running.IsCompleted, "the router gave up");
        Assert.Equal(ChannelState.Serving, bench.Status.State);
        Assert.Equal((0, 0, null), (router.Status.CommandsUnderWay, router.Status.CommandsWaiting, router.Status.Trouble));
        Assert.True(after - before < Tolerated, $"{half} messages left {after - before} bytes behind");
        await stop.CancelAsync();
        await Step.Of(
            "the router stops", async _ => await Task.WhenAll(running, answering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
    }

    private static async Task StormAsync(CountingPublisher hub, ChannelWriter<HubMessage> messages, Mutations mutations, int count)
    {
        for (int n = 0; n < count; n++)
        {
            byte[] payload = mutations.Next();
            int owed = Owed(payload);
            await SendAsync(messages, payload);
            await hub.RepliesAsync(owed);
        }
    }

    /// <summary>A reply for everything but our own echo.</summary>
    private static int Owed(byte[] payload) => PlainDownlink.IsOwnEcho(payload) ? 0 : 1;

    private static async Task SendAsync(ChannelWriter<HubMessage> messages, byte[] payload) => await messages.WriteAsync(
        new HubMessage
        {
            Topic = $"{ChannelBench.Meter}/control",
            Payload = payload,
            Qos = 0,
            ReceivedAt = DateTimeOffset.UnixEpoch,
            Attempt = 1,
        },
        TestContext.Current.CancellationToken);

    private static async Task AnswerAsync(DriverScript script, CancellationToken stopping)
    {
        await foreach (var command in script.Commands.ReadAllAsync(stopping)) command.Done();
    }

    /// <summary>Counts replies; each must be JSON that names its outcome.</summary>
    private sealed class CountingPublisher : IReplyPublisher
    {
        private readonly Channel<int> _replies = Channel.CreateUnbounded<int>();

        public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishPriority priority, CancellationToken cancellationToken)
        {
            Assert.StartsWith("{\"outcome\":", Encoding.UTF8.GetString(payload.Span), StringComparison.Ordinal);
            _replies.Writer.TryWrite(payload.Length);
            return Task.CompletedTask;
        }

        public async Task RepliesAsync(int count)
        {
            for (; count > 0; count--) await Step.Of("a message is answered", ct => _replies.Reader.ReadAsync(ct).AsTask());
            Assert.False(_replies.Reader.TryPeek(out _), "a message is answered twice");
        }
    }
}
