using System.Globalization;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Follows the versions that are not proven: says of one that has served for a while that it is, keeps out those that are left
/// out, and brings them back.</summary>
/// <remarks>Used by the loop of the <see cref="PluginHost"/> alone, one call after another.</remarks>
/// <param name="after">How long a version has to serve.</param>
/// <param name="book">Where it is written down.</param>
/// <param name="mark">The mark of this run.</param>
/// <param name="shelf">What runs.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class PluginProof(
    TimeSpan after, PluginBook book, RunMark mark, PluginShelf shelf, TimeProvider time, ILogger<PluginProof> logger) : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();

    /// <summary>Has something done after what is being done now.</summary>
    public required Action<Func<CancellationToken, Task>> Post { get; init; }

    /// <summary>Whether a version of a plugin is on its way.</summary>
    public required Func<string, bool> IsUnderWay { get; init; }

    /// <summary>Loads one that comes back.</summary>
    public required Func<Suspect, CancellationToken, Task> BringBack { get; init; }

    private DeathSearch Search => book.Records.Search;

    /// <summary>The gateway starts. When it has lived for a while, those that are left out come back.</summary>
    public void Start()
    {
        if (Search.IsOn || book.Records.Quarantine.Any(version => NamelessDeath.IsDoubtful(version, time.GetUtcNow()))) mark.Set();
        if (Search.Suspects.Count > 0) _ = PostLaterAsync(after, ReturnAsync);
    }

    /// <summary>Code of a version is about to run.</summary>
    public void Begin(Suspect version)
    {
        if (book.Records.IsProven(version.Version)) return;
        book.Note(book.Records.With(Search.Begin(version)));
        mark.Set();
        _ = PostLaterAsync(after, token => ProveAsync(version, token));
    }

    /// <summary>Keeps out what is left out, and what comes new while it is searched.</summary>
    /// <exception cref="PluginRejectedException">It is not loaded for now.</exception>
    public void Check(Suspect version)
    {
        if (book.Records.IsProven(version.Version) || Search.Admits(version)) return;
        var known = Search.Find(version.Version.Digest);
        if (known is null) book.Note(book.Records.With(Search.LeaveOut(version)));
        throw new PluginRejectedException(
            known is { Deaths: > 0 }
                ? $"the gateway died without a word {Times(known.Deaths)} while it ran, and this build of {version.Id} "
                    + $"{version.Version.Version} is left out until it is known which plugin that was"
                : "the gateway died without a word, and takes in no plugin that is not proven until it is known which one that was",
            $"wait: it comes back by itself when the others have served for {Words(after)}; or drop a corrected version, or order "
                + $"'bridge plugin reload {version.Id}' to load it now");
    }

    /// <summary>The gateway ends: nothing is proven any more.</summary>
    public void Dispose()
    {
        if (_ending.IsCancellationRequested) return;
        _ending.Cancel();
        _ending.Dispose();
    }

    private async Task ProveAsync(Suspect version, CancellationToken cancellationToken)
    {
        string digest = version.Version.Digest;
        if (Search.Find(digest) is { HasRun: true })
        {
            var plugin = shelf.Plugins.GetValueOrDefault(version.Id);
            if (IsUnderWay(version.Id) || plugin?.Trial?.Candidate.Manifest.Digest == digest)
            {
                _ = PostLaterAsync(after > Moment ? after : Moment, token => ProveAsync(version, token));
                return;
            }

            // What was refused or is gone may have left a thread, and that has ended nothing.
            book.Note(plugin?.Running?.Manifest.Digest == digest
                ? book.Records.WithProven(version.Version) : book.Records.With(Search.Without(digest)));
            LogProven(logger, version.Id, version.Version.Version, Words(after));
        }

        await ReturnAsync(cancellationToken);
    }

    private async Task ReturnAsync(CancellationToken cancellationToken)
    {
        while (!Search.IsRunning && Search.Suspects.Count > 0)
        {
            var (next, back) = Search.Return();
            book.Note(book.Records.With(next));
            if (back.Count > 0)
                LogBack(logger, Words(after), string.Join(", ", back.Select(each => $"{each.Id} {each.Version.Version}")));
            foreach (var each in back) await BringBack(each, cancellationToken);
        }
    }

    private async Task PostLaterAsync(TimeSpan rest, Func<CancellationToken, Task> what)
    {
        var ending = _ending.Token;
        await Task.Delay(rest, time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ending.IsCancellationRequested) Post(what);
    }

    private static string Times(int count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");

    private static string Words(TimeSpan time) => time.TotalMinutes >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    [LoggerMessage(4541, LogLevel.Debug, "Plugin {Plugin} {Version} has served for {Time} and is proven")]
    private static partial void LogProven(ILogger logger, string plugin, string version, string time);

    [LoggerMessage(4542, LogLevel.Information, "The gateway has lived for {Time} without them, these plugins come back: {Plugins}")]
    private static partial void LogBack(ILogger logger, string time, string plugins);
}
