using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Which sub-devices leave, over restarts: they are written down before anything is done about it.</summary>
/// <remarks>Where the disk does not take it, they leave all the same; a restart finds them in the last plan that was kept. Safe to use from
/// any thread; one caller at a time changes it.</remarks>
internal sealed partial class LeavingBook
{
    private readonly LeavingFile? _file;
    private readonly ILogger _logger;
    private volatile Dictionary<SubDeviceId, LeavingSubDevice> _all;

    /// <param name="file">Where it is kept; null for nowhere.</param>
    /// <param name="logger">The log.</param>
    public LeavingBook(LeavingFile? file, ILogger<LeavingBook> logger)
    {
        (_file, _logger) = (file, logger);
        _all = Load().ToDictionary(leaving => leaving.Id);
    }

    public IReadOnlyDictionary<SubDeviceId, LeavingSubDevice> All => _all;

    /// <summary>Has these leave from now on, and no others.</summary>
    public async Task WriteAsync(IEnumerable<LeavingSubDevice> leaving)
    {
        var next = leaving.ToDictionary(each => each.Id);
        bool isNews = next.Count > 0 || _all.Count > 0;
        _all = next;
        if (_file is null || !isNews) return;
        try
        {
            await _file.WriteAsync(next.Values);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(_logger, _file.Path, exception.Message);
        }
    }

    /// <summary>Notes how they stand, which is not worth writing down.</summary>
    public void Note(IEnumerable<LeavingSubDevice> leaving) => _all = leaving.ToDictionary(each => each.Id);

    private IReadOnlyList<LeavingSubDevice> Load()
    {
        if (_file is null) return [];
        try
        {
            return _file.Read();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(_logger, _file.Path, exception.Message);
            return [];
        }
    }

    [LoggerMessage(4441, LogLevel.Error, "'{Path}', which says which sub-devices leave, cannot be used: {Reason}. What waits of them stays "
        + "until the configuration names them again; take them offline in the console")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(4442, LogLevel.Warning, "Which sub-devices leave cannot be written to '{Path}': {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string path, string reason);
}
