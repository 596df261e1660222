using System.Text.Json;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Which versions of the plugins are in force, on trial or in quarantine: written down before it is so.</summary>
internal sealed partial class PluginBook
{
    private const int MaxLength = 4 * 1024 * 1024;

    private readonly PrivateFile _file;
    private readonly ILogger _logger;

    /// <summary>Reads what an earlier gateway wrote down. A damaged file is told of and counts as none: the
    /// drop folder has the plugins.</summary>
    public PluginBook(PrivateFile file, ILogger<PluginBook> logger)
    {
        (_file, _logger) = (file, logger);
        try
        {
            if (file.TryRead(MaxLength) is not { } content) return;
            var read = JsonSerializer.Deserialize(content, PluginRecordsJson.Default.PluginRecords);
            if (read is null || read.HasNull) throw new JsonException("it holds null");
            if (read.FindBadName() is { } name) throw new JsonException($"'{name}' in it cannot be the name of a file");
            Records = read;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            LogUnreadable(logger, file.Path, exception.Message);
            return;
        }

        Try(file.MakeSafe); // because of what it says copies of stores are deleted
    }

    public PluginRecords Records { get; private set; } = PluginRecords.None;

    /// <summary>Writes down how it is from now on.</summary>
    /// <exception cref="IOException">It cannot be written; then nothing has changed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; then nothing has changed.</exception>
    public void Write(PluginRecords records)
    {
        _file.Replace(JsonSerializer.SerializeToUtf8Bytes(records, PluginRecordsJson.Default.PluginRecords));
        Records = records;
    }

    /// <summary>Writes down what has happened already; where that fails it is told, and a restart knows only
    /// what was written before.</summary>
    public void Note(PluginRecords records) => Try(() => Write(records));

    private void Try(Action act)
    {
        try
        {
            act();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogUnwritable(_logger, _file.Path, exception.Message);
        }
    }

    [LoggerMessage(4528, LogLevel.Warning, "What has become of the plugins cannot be written down: {Path} cannot be written: {Reason}")]
    private static partial void LogUnwritable(ILogger logger, string path, string reason);

    [LoggerMessage(4501, LogLevel.Warning,
        "Which versions of plugins were in force is lost, what is in the plugin folder counts: {Path} cannot be read: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);
}
