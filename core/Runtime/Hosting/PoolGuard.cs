using System.Globalization;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Keeps the thread pool able to work where plugins block it, says who does, and has the process ended where
/// nothing helps.</summary>
internal sealed partial class PoolGuard : IDisposable
{
    /// <summary>How long no work may have run before the process is ended, in seconds; a setting of the program's
    /// <c>runtimeconfig.json</c>.</summary>
    public const string DeadlySetting = "BridgeFramework.Pool.DeadlySeconds";

    private const int DeadlySeconds = 60;

    /// <summary>How long the status tells of trouble that is over.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenComplaints = TimeSpan.FromMinutes(1);

    private readonly Action<string, LoadedPlugin?> _note;
    private readonly Func<PoolSuspects> _find;
    private readonly Action<string>? _end;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PoolWatch _watch;
    private readonly TimeSpan _deadly;
    private volatile Trouble? _trouble;
    private long? _complainedAt;

    /// <param name="note">Writes down why the process ends.</param>
    /// <param name="find">Finds who keeps the threads; called on the thread of the watch.</param>
    /// <param name="end">Ends the process; <see langword="null"/> where it is not the gateway's to end.</param>
    /// <param name="time">The clock, for what is told.</param>
    /// <param name="logger">The log.</param>
    public PoolGuard(
        Action<string, LoadedPlugin?> note, Func<PoolSuspects> find, Action<string>? end, TimeProvider time, ILogger logger)
    {
        (_note, _find, _end, _time, _logger) = (note, find, end, time, logger);
        _deadly = TimeSpan.FromSeconds(
            int.TryParse(AppContext.GetData(DeadlySetting)?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
                && seconds > 0 ? seconds : DeadlySeconds);
        _watch = new PoolWatch(_deadly, Tell);
    }

    /// <summary>What is or was wrong within the last 10 minutes, a sentence; <see langword="null"/> for nothing.</summary>
    public string? Problem => _trouble switch
    {
        null => null,
        { EndedAt: { } ended } past => _time.GetElapsedTime(ended) < Remembered ? past.Text : null,
        var present => present.Text,
    };

    /// <inheritdoc/>
    public void Dispose() => _watch.Dispose();

    /// <summary>Deals with what there is to be said.</summary>
    internal void Tell(PoolNews news)
    {
        switch (news)
        {
            case PoolNews.Starves: Complain(); break;
            case PoolNews.Eased:
                _trouble = _trouble is { } over ? over with { EndedAt = _time.GetTimestamp() } : null;
                ThreadPool.GetMinThreads(out int minimum, out _);
                LogEased(_logger, minimum);
                break;
            case PoolNews.Lowered: Restored(); break;
            case PoolNews.Stuck: GiveUp(); break;
        }
    }

    private void Complain()
    {
        string who = _find().Text;
        _trouble = new Trouble(
            $"Work has waited for a thread longer than {PoolJudge.Patience.TotalMilliseconds:0} ms: {who}.", EndedAt: null);
        LogStarves(_logger, PoolJudge.Patience.TotalMilliseconds, PoolJudge.MostThreads, who);
    }

    private void Restored()
    {
        // Whoever lowers it in a loop does not fill the log.
        if (_complainedAt is { } at && _time.GetElapsedTime(at) < BetweenComplaints) return;
        _complainedAt = _time.GetTimestamp();
        LogRestored(_logger);
    }

    private void GiveUp()
    {
        var suspects = FindAnyway();
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"No work of the gateway has found a thread for {_deadly.TotalSeconds:0} s, and nothing of it moves any more: "
                + $"{suspects.Text}.");
        if (_end is null)
        {
            LogStuck(_logger, reason);
            return;
        }

        LastMoment.Use(() => LogStuck(_logger, reason), LastMoment.Patience);
        _note(reason, suspects.Culprit);
        _end(reason);
    }

    /// <summary>A mistake of ours in the search does not keep the end.</summary>
    private PoolSuspects FindAnyway()
    {
        try
        {
            return _find();
        }
        catch (Exception)
        {
            return PoolSuspects.Unknown;
        }
    }

    /// <param name="Text">What is wrong.</param>
    /// <param name="EndedAt">When it was over, as <see cref="TimeProvider.GetTimestamp"/> counts.</param>
    private sealed record Trouble(string Text, long? EndedAt);

    [LoggerMessage(4430, LogLevel.Warning, "Work of the gateway waits longer than {Milliseconds:0} ms for a thread of the pool, and more "
        + "threads are added, up to {Most}. Who keeps them: {Suspects}")]
    private static partial void LogStarves(ILogger logger, double milliseconds, int most, string suspects);

    [LoggerMessage(4431, LogLevel.Information, "Work of the gateway does not wait for threads any more; the pool keeps {Threads} at least")]
    private static partial void LogEased(ILogger logger, int threads);

    [LoggerMessage(4432, LogLevel.Warning,
        "Something in this process has lowered the number of threads of the pool, which all plugins share: it is what it was again")]
    private static partial void LogRestored(ILogger logger);

    [LoggerMessage(4433, LogLevel.Critical, "{Reason}")]
    private static partial void LogStuck(ILogger logger, string reason);
}
