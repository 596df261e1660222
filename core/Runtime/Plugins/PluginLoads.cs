using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Loads versions of plugins. For one that takes long nobody waits: the gateway goes on, and it joins when it is ready.</summary>
/// <remarks>Used by the loop of the <see cref="PluginHost"/> alone, one call after another.</remarks>
internal sealed partial class PluginLoads(
    KeptVersions versions, PluginShelf shelf, TimeProvider time, ILogger<PluginLoads> logger) : IDisposable
{
    /// <summary>How long the others wait for one.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    /// <summary>When one whose time was up is tried again: a machine that was busy may not be so any more.</summary>
    private static readonly TimeSpan[] Retries = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)];

    private readonly Dictionary<string, PluginLoad> _underWay = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Digest, int Count)> _tries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PluginRejectedException> _spinning = new(StringComparer.Ordinal);
    private readonly HashSet<string> _overtaken = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Has something done after what is being done now.</summary>
    public required Action<Func<CancellationToken, Task>> Post { get; init; }

    /// <summary>Has an entry of the drop folder looked at again.</summary>
    public required Action<string> LookAgain { get; init; }

    /// <summary>Deals with one that could not be loaded after all.</summary>
    public required Func<string, Exception, CancellationToken, Task> Refused { get; init; }

    /// <summary>Whether a version of this plugin is on its way.</summary>
    public bool Has(string id) => _underWay.ContainsKey(id);

    /// <summary>Whether a version of this plugin is on its way. Where that is another one than came, its entry is looked at again
    /// after that.</summary>
    public bool IsUnderWay(string id, string digest)
    {
        if (!_underWay.TryGetValue(id, out var load)) return false;
        if (!string.Equals(load.Version.Digest, digest, StringComparison.Ordinal)) _overtaken.Add(id);
        return true;
    }

    /// <summary>Loads one and puts it to use; or, where it takes long, has that done later.</summary>
    /// <exception cref="PluginRejectedException">It cannot be loaded.</exception>
    public async Task RunAsync(PluginLoad load, CancellationToken cancellationToken)
    {
        string digest = load.Version.Digest;
        if (_spinning.TryGetValue(digest, out var known))
        {
            load.GiveUp();
            throw new PluginRejectedException(known.Reason, known.Remedy);
        }

        // Another build under this name starts afresh.
        if (!string.Equals(_tries.GetValueOrDefault(load.Entry).Digest, digest, StringComparison.Ordinal)) _tries[load.Entry] = (digest, 0);
        var loading = versions.LoadAsync(load.Id, load.Version, load.Entry, _ending.Token);
        try
        {
            await ((Task)loading).WaitAsync(Moment, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (loading.IsCompleted)
            {
                await load.Join(await loading, cancellationToken);
                _tries.Remove(load.Entry);
                return;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception exception)
        {
            load.GiveUp();
            NoteSpinning(digest, exception);
            throw;
        }

        _underWay[load.Id] = load;
        shelf.Failures.TryRemove(load.Entry, out _);
        shelf.Arriving[load.Entry] = "it has not said yet which drivers it has";
        LogSlow(logger, load.Id, load.Version.Version, Moment.TotalSeconds);
        // Not awaited: it cannot fail.
        _ = FollowAsync(load, loading);
    }

    /// <summary>Has an entry tried again after a while where time alone may help.</summary>
    /// <returns>After how long; <see langword="null"/> where it is not.</returns>
    public TimeSpan? TryLater(string entry, PluginRejectedException refusal, Func<CancellationToken, Task> again)
    {
        var (digest, tries) = _tries.GetValueOrDefault(entry);
        if (!refusal.MayPass || digest is null || tries >= Retries.Length) return null;
        _tries[entry] = (digest, tries + 1);
        _ = PostLaterAsync(Retries[tries], token => IsStill(entry, digest) ? again(token) : Task.CompletedTask);
        return Retries[tries];
    }

    /// <summary>Somebody wants a build tried whatever it has cost before.</summary>
    public void Forgive(string digest) => _spinning.Remove(digest);

    /// <summary>The gateway ends: what is on its way does not come.</summary>
    public void Dispose()
    {
        if (_ending.IsCancellationRequested) return;
        _ending.Cancel();
        foreach (var load in _underWay.Values) load.GiveUp();
        _underWay.Clear();
        _ending.Dispose();
    }

    private async Task FollowAsync(PluginLoad load, Task<LoadedPlugin> loading)
    {
        var ending = _ending.Token;
        await ((Task)loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ending.IsCancellationRequested) Post(token => JoinAsync(load, loading, token));
        else if (loading.IsCompletedSuccessfully) (await loading).Dispose();
    }

    private async Task JoinAsync(PluginLoad load, Task<LoadedPlugin> loading, CancellationToken cancellationToken)
    {
        if (!_underWay.Remove(load.Id)) return;
        shelf.Arriving.TryRemove(load.Entry, out _);
        try
        {
            await load.Join(await loading, cancellationToken);
            _tries.Remove(load.Entry);
            shelf.Clear(load.Entry);
        }
        catch (Exception exception)
        {
            load.GiveUp(); // also where the gateway is asked to stop in this moment: that is no verdict
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            NoteSpinning(load.Version.Digest, exception);
            await Refused(load.Entry, exception, cancellationToken);
        }

        if (_overtaken.Remove(load.Id)) LookAgain(load.Entry);
    }

    private bool IsStill(string entry, string digest) =>
        string.Equals(_tries.GetValueOrDefault(entry).Digest, digest, StringComparison.Ordinal);

    private void NoteSpinning(string digest, Exception exception)
    {
        if (exception is PluginRejectedException { KeepsProcessor: true } refusal) _spinning[digest] = refusal;
    }

    private async Task PostLaterAsync(TimeSpan rest, Func<CancellationToken, Task> again)
    {
        var ending = _ending.Token;
        await Task.Delay(rest, time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ending.IsCancellationRequested) Post(again);
    }

    [LoggerMessage(4536, LogLevel.Warning,
        "Plugin {Plugin} {Version} has not said within {Seconds:0} s which drivers it has: the others do not wait for it")]
    private static partial void LogSlow(ILogger logger, string plugin, string version, double seconds);
}
