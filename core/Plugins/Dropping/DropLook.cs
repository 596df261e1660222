using System.Collections.Concurrent;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>Looks at every entry of a drop folder, whatever one of them is: what cannot be read is one entry, and what does not answer is
/// left alone until it does.</summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class DropLook(string folder, IDisk disk, TimeProvider time)
{
    /// <summary>How long an entry may keep a look that does not come on.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Each keeps a thread.</summary>
    private const int MaxSilent = 8;

    // The looks that an entry has kept.
    private readonly ConcurrentDictionary<string, Task> _kept = new(StringComparer.Ordinal);
    private Pass? _pass;

    /// <summary>Where private copies are kept. Who may write on the way there is part of how every entry looks: what is refused for that is
    /// judged again when it has changed.</summary>
    public string? Copies { get; set; }

    /// <summary>Ends when every entry that did not answer has.</summary>
    public Task AllAnswer => Task.WhenAll(_kept.Values);

    /// <summary>Looks.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<DropSight> SeeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var pass = _pass ??= new Pass(folder, Copies, disk, IsSilent);
            if (await HasEndedAsync(pass, cancellationToken))
            {
                _pass = null;
                return await pass.Seen;
            }

            // The folder itself, or too much in it: that thread is waited for the next time, too.
            if (pass.At is not { } silent || _kept.Keys.Count(IsSilent) >= MaxSilent)
                return DropSight.Nothing($"The plugin folder {folder} does not answer: look at the file system that it is on. "
                    + "What is dropped is seen when it does.");
            _kept[silent] = pass.Seen;
            pass.GoNoFurther();
            _pass = null;
        }
    }

    /// <summary>Whether an entry is known not to answer.</summary>
    public bool IsSilent(string entry) => _kept.TryGetValue(entry, out var look) && !look.IsCompleted;

    private async Task<bool> HasEndedAsync(Pass pass, CancellationToken cancellationToken)
    {
        int steps;
        do
        {
            steps = pass.Steps;
            await ((Task)pass.Seen).WaitAsync(Patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
        while (!pass.Seen.IsCompleted && pass.Steps != steps);
        return pass.Seen.IsCompleted;
    }

    /// <summary>One look, on a thread of its own.</summary>
    private sealed class Pass
    {
        private readonly string _folder;
        private readonly string? _copies;
        private readonly IDisk _disk;
        private readonly Func<string, bool> _isSilent;
        private volatile string? _at;
        private volatile int _steps;
        private volatile bool _isOver;

        public Pass(string folder, string? copies, IDisk disk, Func<string, bool> isSilent)
        {
            (_folder, _copies, _disk, _isSilent) = (folder, copies, disk, isSilent);
            Seen = ReadingThread.Start(Look);
        }

        public Task<DropSight> Seen { get; }

        /// <summary>The entry that is looked at.</summary>
        public string? At => _at;

        /// <summary>How far it has come.</summary>
        public int Steps => _steps;

        public void GoNoFurther() => _isOver = true;

        private DropSight Look()
        {
            if (DropEntries.ProblemOf(_folder, _disk) is { } problem) return DropSight.Nothing(problem);
            var seen = new Dictionary<string, DropSignature>(StringComparer.Ordinal);
            int way = HashCode.Combine(Exposures.Stamp(_folder), _copies is null ? 0 : Exposures.Stamp(_copies));
            try
            {
                foreach (string name in DropEntries.NamesIn(_folder, _disk))
                {
                    if (_isOver) break;
                    (_at, _steps) = (name, _steps + 1);
                    if (_isSilent(name)) seen[name] = DropSignature.Silent;
                    else if (SignatureOf(name, way) is { } signature) seen[name] = signature;
                }

                return new DropSight(seen, DropEntries.UnusableIn(_folder, _disk));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return DropSight.Nothing(problem: null); // the next look sees it
            }
            finally
            {
                _at = null;
            }
        }

        /// <returns><see langword="null"/> where nothing is that could be a plugin.</returns>
        private DropSignature? SignatureOf(string name, int way)
        {
            try
            {
                return DropEntries.IsPossible(_folder, name, _disk) ? DropSignature.Of(Path.Combine(_folder, name), _disk, way) : null;
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return null; // it went meanwhile
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return DropSignature.Unreadable(exception.Message); // whoever takes it in says so
            }
        }
    }
}

/// <summary>How a drop folder looks.</summary>
/// <param name="Entries">Its entries; <see langword="null"/> where that cannot be said: a folder that is not mounted has not lost its
/// plugins.</param>
/// <param name="Problem">Why not, or what of it is passed over, and what to do, in a sentence; <see langword="null"/> where the next look
/// may well be able to.</param>
internal sealed record DropSight(IReadOnlyDictionary<string, DropSignature>? Entries, string? Problem)
{
    public static DropSight Nothing(string? problem) => new(Entries: null, problem);
}
