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
    private static readonly TimeSpan IdleTick = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BusyTick = TimeSpan.FromMilliseconds(250);

    private readonly string _folder;
    private readonly IDisk _disk;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DropLook _look;
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
        : this(folder, LocalDisk.Instance, time, logger)
    {
    }

    internal DropWatch(string folder, IDisk disk, TimeProvider time, ILogger<DropWatch> logger)
    {
        (_folder, _disk, _time, _logger) = (Path.GetFullPath(folder), disk, time, logger);
        _look = new DropLook(_folder, disk, time);
    }

    /// <summary>Looks once. To be called before the watch begins.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The names of the entries, and of each whether it answers; <see langword="null"/> where that cannot be said, which the
    /// watch tells.</returns>
    public async Task<IReadOnlyDictionary<string, bool>?> FindAsync(CancellationToken cancellationToken) =>
        (await _look.SeeAsync(cancellationToken)).Entries?.ToDictionary(
            entry => entry.Key, entry => entry.Value != DropSignature.Silent, StringComparer.Ordinal);

    /// <summary>Whether something that could be a plugin is there, and answers.</summary>
    /// <param name="entry">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> HasAsync(string entry, CancellationToken cancellationToken)
    {
        try
        {
            return DropEntries.IsName(entry) && !_look.IsSilent(entry) && await ReadingThread.RunAsync(
                () => DropEntries.IsOne(_folder, entry, _disk), _ => { }, DropLook.Patience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Whether nothing of that name is there. What does not answer, or cannot be looked at, is not gone.</summary>
    /// <param name="entry">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> HasLostAsync(string entry, CancellationToken cancellationToken)
    {
        try
        {
            return !_look.IsSilent(entry) && await ReadingThread.RunAsync(
                () => _disk.Find(Path.Combine(_folder, entry)) is null, _ => { }, DropLook.Patience, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or UnauthorizedAccessException)
        {
            return false;
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
                if (await LookAsync(stopping) is { } seen)
                {
                    Listen();
                    foreach (var change in _clock.Observe(seen, (long)_time.GetElapsedTime(0, _time.GetTimestamp()).TotalMilliseconds))
                        if (await changed(KindOf(change, seen))) _clock.Done(change.Name);
                }

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

    /// <summary>Where private copies are kept, see <see cref="DropLook.Copies"/>.</summary>
    public string? Copies
    {
        init => _look.Copies = value;
    }

    /// <inheritdoc/>
    public void Dispose() => _watcher?.Dispose();

    private static DropChange KindOf(DropChange change, IReadOnlyDictionary<string, DropSignature> seen) =>
        seen.TryGetValue(change.Name, out var signature) && signature == DropSignature.Silent
            ? change with { Kind = DropChangeKind.Silent } : change;

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

    private async Task<IReadOnlyDictionary<string, DropSignature>?> LookAsync(CancellationToken stopping)
    {
        var sight = await _look.SeeAsync(stopping);
        if (sight.Problem is { } problem && !_isMissing) LogMissing(problem);
        _isMissing = sight.Problem is not null;
        return sight.Entries;
    }

    /// <summary>Only to what happens in the folder itself: below it is whatever somebody has put there, in any number, and perhaps a file
    /// system that hangs. There it is the look that sees changes.</summary>
    private void Listen()
    {
        if (_watcher is not null || _isDeaf) return;
        try
        {
            var watcher = new FileSystemWatcher(_folder)
            {
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
            _signals.Writer.TryWrite(true); // what has come since the look
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
