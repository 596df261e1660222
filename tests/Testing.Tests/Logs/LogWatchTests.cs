using Microsoft.Extensions.Logging;

namespace BridgeFramework.Testing.Tests;

public sealed partial class LogWatchTests : IDisposable
{
    private readonly LogWatch _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_line_is_waited_for_whether_it_was_written_or_is_to_come()
    {
        var logger = _log.CreateLogger<LogWatchTests>();
        LogRead(logger, 1);
        Assert.Equal("Read 1", (await _log.WaitAsync(7, "1", Ct)).Text);

        var next = _log.WaitAsync(7, "", Ct, after: _log.Lines.Count);
        Assert.False(next.IsCompleted);
        LogLost(logger);
        LogRead(logger, 2);

        Assert.Equal("Read 2", (await next.OrFail("the next line", _log)).Text);
        Assert.Equal(8, Assert.Single(_log.Troubles).EventId);
    }

    [LoggerMessage(7, LogLevel.Debug, "Read {Number}")]
    private static partial void LogRead(ILogger logger, int number);

    [LoggerMessage(8, LogLevel.Warning, "Lost")]
    private static partial void LogLost(ILogger logger);
}
