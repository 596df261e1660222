using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

public sealed class PoolGuardTests
{
    [Fact]
    public void A_log_that_takes_nothing_does_not_keep_the_end_of_a_process_in_which_nothing_moves()
    {
        using var logger = new HangingLogger();
        string? noted = null, ended = null;
        using var guard = new PoolGuard(
            (reason, _) => noted = reason,
            () => throw new InvalidOperationException("in the search"),
            reason => ended = reason,
            TimeProvider.System,
            logger);

        guard.Tell(PoolNews.Stuck);

        Assert.Contains("nothing of it moves any more", ended, StringComparison.Ordinal);
        Assert.Equal(ended, noted);
    }

    [Fact]
    public async Task A_log_that_throws_does_not_end_the_watch()
    {
        ThreadPool.GetMinThreads(out int minimum, out int ports);
        var told = System.Threading.Channels.Channel.CreateUnbounded<PoolNews>();
        using var watch = new PoolWatch(TimeSpan.FromMinutes(1), news =>
        {
            told.Writer.TryWrite(news);
            throw new InvalidOperationException("in the log");
        });
        for (int i = 0; i < 2; i++)
        {
            ThreadPool.SetMinThreads(1, ports);
            while (await told.Reader.ReadAsync(TestContext.Current.CancellationToken) != PoolNews.Lowered)
            {
                // The machine may be busy, too.
            }
        }

        ThreadPool.GetMinThreads(out int restored, out _);
        Assert.Equal(minimum, restored);
    }

    private sealed class HangingLogger : ILogger, IDisposable
    {
        private readonly ManualResetEventSlim _end = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _end.Wait();

        public void Dispose() => _end.Set();
    }
}
