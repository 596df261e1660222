using System.Collections.Concurrent;
using System.Text.Json.Serialization;

namespace BridgeFramework.Drivers;

/// <summary>The devices that have joined a network, and the window in which new ones may. The table survives
/// restarts and a damaged entry.</summary>
/// <remarks>Safe to call from any thread, but one caller at a time lets devices join.</remarks>
/// <param name="maxCount">So many may join; 1 or more.</param>
/// <param name="time">The clock of the window.</param>
public sealed partial class JoinedDevices(int maxCount, TimeProvider time)
{
    private const string Key = "joined";
    private const int Version = 1;

    private readonly ConcurrentDictionary<string, string> _joined = new(StringComparer.Ordinal);
    private readonly ElapsedClock _clock = new(time);
    private StoredState<Dictionary<string, string>>? _stored;
    private long _openUntil;

    /// <summary>Whether unknown devices may join now.</summary>
    public bool IsOpen => _clock.Now.Ticks < Interlocked.Read(ref _openUntil);

    /// <summary>Reads the table. To be called before devices join.</summary>
    /// <param name="store">The channel's store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DriverException">The table was written by a newer plugin; not transient.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task LoadAsync(IChannelStore store, CancellationToken cancellationToken)
    {
        _stored = new StoredState<Dictionary<string, string>>(store, Key, Version, TableJson.Default.DictionaryStringString);
        foreach (var (name, what) in await _stored.ReadAsync(cancellationToken) ?? []) _joined[name] = what;
    }

    /// <summary>Opens the window, or closes it. A later call replaces an earlier one.</summary>
    /// <param name="window">For how long; zero closes it.</param>
    public void Open(TimeSpan window) => Interlocked.Exchange(ref _openUntil, (_clock.Now + window).Ticks);

    /// <summary>Gives what a device said that it is when it joined, or <see langword="null"/> where it has not.</summary>
    /// <param name="name">Its name or address.</param>
    public string? Find(string name) => _joined.GetValueOrDefault(name);

    /// <summary>Lets a device join. One that has joined may say so again at any time.</summary>
    /// <param name="name">Its name or address.</param>
    /// <param name="what">What it says that it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns><see langword="false"/> when it stays outside: the window is closed, or the table is full.
    /// Otherwise it is on the disk.</returns>
    /// <exception cref="IOException">The disk failed; the device has not joined.</exception>
    /// <exception cref="InvalidOperationException">The table was not loaded.</exception>
    public async ValueTask<bool> JoinAsync(string name, string what, CancellationToken cancellationToken)
    {
        if (_stored is null) throw new InvalidOperationException("Load the table before devices join.");
        string? before = Find(name);
        if (before == what) return true;
        if (!IsOpen || (before is null && _joined.Count >= maxCount)) return false;
        var table = new Dictionary<string, string>(_joined, StringComparer.Ordinal) { [name] = what };
        await _stored.WriteAsync(table, cancellationToken);
        _joined[name] = what;
        return true;
    }

    [JsonSerializable(typeof(Dictionary<string, string>))]
    private sealed partial class TableJson : JsonSerializerContext;
}
