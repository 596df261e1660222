using System.Threading.Channels;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Drivers.Tests;

public sealed class ReconnectLoopTests : IDisposable
{
    private readonly WatchedTime _time = new();
    private readonly FakeLogger _logger = new();
    private readonly ScriptedTransport _transport = new();
    private readonly RecordingSession _session = new();
    private readonly CancellationTokenSource _stopping = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public async Task A_refused_connection_is_retried_after_the_backoff_and_logged_once()
    {
        var loop = Start();
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            Assert.Equal(attempt, await _transport.Attempts.Reader.ReadAsync(Ct));
            Assert.Equal("refused", await _session.Lost.Reader.ReadAsync(Ct));
            await AdvanceToNextAttempt(attempt);
        }

        Assert.Single(_logger.Collector.GetSnapshot(), r => r.Level == LogLevel.Warning);
        await StopAsync(loop);
    }

    [Fact]
    public async Task A_working_link_that_ends_is_opened_again_at_once_and_nobody_hears_of_it()
    {
        _transport.Opens = true;
        _session.Alive = true;
        var loop = Start();
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            Assert.Equal(attempt, await _transport.Attempts.Reader.ReadAsync(Ct));
            await _session.Served.Reader.ReadAsync(Ct);
        }

        Assert.False(_session.Lost.Reader.TryRead(out _));
        Assert.DoesNotContain(_logger.Collector.GetSnapshot(), r => r.Level >= LogLevel.Warning);
        await StopAsync(loop);
    }

    [Fact]
    public async Task A_link_that_opens_but_never_proves_alive_counts_as_a_failure()
    {
        _transport.Opens = true;
        var loop = Start();
        await _transport.Attempts.Reader.ReadAsync(Ct);
        Assert.Equal("ended", await _session.Lost.Reader.ReadAsync(Ct));
        await AdvanceToNextAttempt(1);
        Assert.Equal(2, await _transport.Attempts.Reader.ReadAsync(Ct));
        await StopAsync(loop);
    }

    private async Task AdvanceToNextAttempt(int failures)
    {
        var backoff = TimeSpan.FromSeconds(0.5 * (1 << failures - 1));
        await _time.ArmedAsync(backoff);
        _time.Advance(backoff);
    }

    private Task Start() =>
        new ReconnectLoop(_transport, new Backoff { Random = () => 0.5 }, _time, _logger).RunAsync(_session, _stopping.Token);

    private async Task StopAsync(Task loop)
    {
        await _stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    private sealed class ScriptedTransport : ITransport
    {
        private int _attempted;

        public string Endpoint => "test:1";

        public bool Opens { get; set; }

        public Channel<int> Attempts { get; } = Channel.CreateUnbounded<int>();

        public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
        {
            Attempts.Writer.TryWrite(++_attempted);
            return Opens ? ValueTask.FromResult(Stream.Null) : throw new LinkDownException("refused");
        }
    }

    private sealed class RecordingSession : ILinkSession
    {
        public bool Alive { get; set; }

        public Channel<bool> Served { get; } = Channel.CreateUnbounded<bool>();

        public Channel<string> Lost { get; } = Channel.CreateUnbounded<string>();

        public async Task<string> ServeAsync(Stream stream, Action alive, CancellationToken stopping)
        {
            await Task.Yield();
            if (Alive) alive();
            Served.Writer.TryWrite(true);
            return "ended";
        }

        public void LinkLost(string reason) => Lost.Writer.TryWrite(reason);
    }
}
