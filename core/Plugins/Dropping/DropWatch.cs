using System.Collections.Concurrent;
using System.Threading.Channels;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Plugins;

/// <summary>Watches the folder that plugins are dropped in, and tells what came, changed or went once that has come to rest.</summary>
/// <remarks>
/// The system's notifications only make it look sooner: it looks every few seconds anyway, since they do not come from every file system
/// and some get lost. Names beginning with a dot are left alone, for copies that are still under way.
/// </remarks>
public sealed partial class DropWatch : IDisposable
{
    private const int MaxNames = 10_000;
    private static readonly TimeSpan IdleTick = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BusyTick = TimeSpan.FromMilliseconds(250);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SettleClock _clock = new();
    private readonly ConcurrentQueue<Action> _told = new();
    // Any number of notifications is one reason to look; what is told of names is not among them, so that a burst loses none.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private FileSystemWatcher? _watcher;
    private bool _isMissing;
    private bool _isDeaf;

    /// <param name="folder">The folder. It may come later.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public DropWatch(string folder, TimeProvider time, ILogger<DropWatch> logger)
    {
        (_folder, _time, _logger) = (Path.GetFullPath(folder), time, logger);
    }

    /// <summary>The entries of a drop folder by name: what could be plugins. None where it does not exist; of a folder that holds more than
    /// 10,000 names those that the system gives first.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    public static IReadOnlyList<string> EntriesOf(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. LocalDisk.Instance.List(folder).Take(MaxNames).Where(entry => IsCandidate(folder, entry)).Select(entry => entry.Name).Order(
            StringComparer.Ordinal),
    ];

    /// <summary>Why nothing can be dropped in a folder, and what to do, in a sentence; null where something can.</summary>
    /// <param name="folder">Its path.</param>
    public static string? ProblemOf(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                foreach (var _ in LocalDisk.Instance.List(folder)) break; // whether it can be read
                return null;
            }

            return File.Exists(folder)
                ? $"The plugin folder {folder} is a file: put a folder in its place and drop plugins in, or set 'plugins.folder'."
                : $"The plugin folder {folder} does not exist: create it and drop plugins in, or set 'plugins.folder'.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The plugin folder {folder} cannot be read ({exception.Message.TrimEnd('.')}): let the user that runs the gateway "
                + "read it, or set 'plugins.folder'.";
        }
    }

    /// <summary>Watches until told to stop.</summary>
    /// <param name="changed">Told of each change, one after another; says whether it is dealt with, or is to be told again when more may
    /// have come. Does not throw.</param>
    /// <param name="stopping">Asks to stop.</param>
    public async Task RunAsync(Func<DropChange, Task<bool>> changed, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(changed);
        try
        {
            while (true)
            {
                Listen();
                if (Look() is { } seen)
                    foreach (var change in _clock.Observe(seen, (long)_time.GetElapsedTime(0, _time.GetTimestamp()).TotalMilliseconds))
                        if (await changed(change)) _clock.Done(change.Name);
                await WaitAsync(_clock.IsWaiting ? BusyTick : IdleTick, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The normal end.
        }
    }

    /// <summary>Has an entry looked at again, though it has not changed.</summary>
    /// <param name="name">The name of the entry.</param>
    public void LookAgain(string name)
    {
        _told.Enqueue(() => _clock.Again(name));
        _signals.Writer.TryWrite(true);
    }

    /// <summary>An entry is taken in without the watch: it has to be told when that is gone, even if it went before it was seen.</summary>
    /// <param name="name">The name of the entry.</param>
    public void Expect(string name) => _told.Enqueue(() => _clock.Expect(name));

    /// <inheritdoc/>
    public void Dispose() => _watcher?.Dispose();

    /// <summary>A link to a folder is one too, so that it is told of: what it leads to is not taken.</summary>
    private static bool IsCandidate(string folder, DiskEntry entry)
    {
        if (entry.Name.StartsWith('.') || !PathSegment.IsValid(entry.Name)) return false;
        return entry.Kind == EntryKind.Folder
            || (entry.Kind == EntryKind.Link && Directory.Exists(Path.Combine(folder, entry.Name)))
            || PluginArchive.IsNamedSo(entry.Name)
            || entry.Name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
    }

    private async Task WaitAsync(TimeSpan tick, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var signal = _signals.Reader.WaitToReadAsync(either.Token).AsTask();
        await Task.WhenAny(signal, Task.Delay(tick, _time, either.Token));
        await either.CancelAsync();
        stopping.ThrowIfCancellationRequested();
        _signals.Reader.TryRead(out _);
        while (_told.TryDequeue(out var tell)) tell();
    }

    /// <returns>What is there; <see langword="null"/> where that cannot be said: a folder that is unmounted
    /// has not lost its plugins.</returns>
    private Dictionary<string, DropSignature>? Look()
    {
        try
        {
            if (ProblemOf(_folder) is { } problem)
            {
                if (!_isMissing) LogMissing(problem);
                _isMissing = true;
                return null;
            }

            _isMissing = false;
            return EntriesOf(_folder).ToDictionary(
                name => name, name => DropSignature.Of(Path.Combine(_folder, name)), StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Files come and go while it is looked at; the next look sees them.
            return null;
        }
    }

    private void Listen()
    {
        if (_watcher is not null || _isDeaf || !Directory.Exists(_folder)) return;
        try
        {
            var watcher = new FileSystemWatcher(_folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Created += Signal;
            watcher.Changed += Signal;
            watcher.Deleted += Signal;
            watcher.Renamed += Signal;
            watcher.Error += (_, _) => _signals.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
#pragma warning disable IDISP003 // It is only made where there is none.
            _watcher = watcher;
#pragma warning restore IDISP003
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            _isDeaf = true;
            LogDeaf(_folder, IdleTick.TotalSeconds, exception.Message);
        }

        void Signal(object sender, FileSystemEventArgs happened) => _signals.Writer.TryWrite(true);
    }

    [LoggerMessage(3010, LogLevel.Warning, "{Problem}")]
    private partial void LogMissing(string problem);

    [LoggerMessage(3011, LogLevel.Information,
        "The system does not tell of changes in {Folder}; it is looked at every {Seconds:0} s: {Reason}")]
    private partial void LogDeaf(string folder, double seconds, string reason);
}
