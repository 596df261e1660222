using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>The last time that the hub told, kept across restarts: no time before it is believed.</summary>
internal sealed partial class LastKnownTime
{
    /// <summary>How often it is written down at most while the session runs.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly ClockFloorFile? _file;
    private readonly ILogger _logger;
    private readonly Lock _gate = new(); // the session's loop and its end write it
    private long? _writtenAt;

    /// <param name="least">Known without the file.</param>
    /// <param name="path">The file; null to keep nothing.</param>
    /// <param name="logger">Logs trouble with it.</param>
    public LastKnownTime(DateTimeOffset least, string? path, ILogger logger)
    {
        (Floor, _logger) = (least, logger);
        if (path is null) return;
        _file = new ClockFloorFile(PrivateFile.At(path));
        Floor = _file.Read(least, out string? problem);
        if (problem is not null) LogUnreadable(logger, problem, Floor);
    }

    /// <summary>What was known when the session was made.</summary>
    public DateTimeOffset Floor { get; }

    /// <summary>Writes the time down, unless that was done a moment ago; only a time that the hub has told is worth it.</summary>
    public void Remember(HubTime time, bool always)
    {
        if (_file is null || !time.IsSynchronized) return;
        lock (_gate) Write(_file, time, always);
    }

    private void Write(ClockFloorFile file, HubTime time, bool always)
    {
        long now = time.GetTimestamp();
        if (!always && _writtenAt is { } last && time.GetElapsedTime(last, now) < Pause) return;
        _writtenAt = now;
        try
        {
            file.Write(time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnwritable(_logger, e.Message);
        }
    }

    [LoggerMessage(2085, LogLevel.Warning, "The last known time is lost: {Problem}. No time before {Floor:u} is believed")]
    private static partial void LogUnreadable(ILogger logger, string problem, DateTimeOffset floor);

    [LoggerMessage(2086, LogLevel.Warning, "The time cannot be written down for the next start: {Problem}")]
    private static partial void LogUnwritable(ILogger logger, string problem);
}
