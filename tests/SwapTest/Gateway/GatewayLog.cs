using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>One line of the gateway's log.</summary>
internal sealed record LogLine(DateTimeOffset At, string Text);

/// <summary>What a gateway says, with the time at which it said it.</summary>
internal sealed class GatewayLog
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffzzz";
    private const int TimeLength = 29; // an offset has six characters

    private readonly Lock _gate = new();
    private readonly List<LogLine> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All lines so far.</summary>
    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    public void Add(string line)
    {
        // What has no time belongs to the line before: a stack trace.
        if (line.Length < TimeLength || !DateTimeOffset.TryParseExact(line.AsSpan(0, TimeLength), TimeFormat,
            CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)) return;
        lock (_gate)
        {
            _lines.Add(new LogLine(at, line[TimeLength..]));
            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits for a line.</summary>
    /// <param name="wanted">Which.</param>
    /// <param name="from">How many lines are passed over.</param>
    /// <param name="within">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The line, or <see langword="null"/> when the time is over.</returns>
    public async Task<LogLine?> FindAsync(Predicate<string> wanted, int from, TimeSpan within, CancellationToken cancellationToken)
    {
        using var guard = new CancellationTokenSource(within, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, cancellationToken);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                for (; from < _lines.Count; from++)
                    if (wanted(_lines[from].Text)) return _lines[from];
                more = _more.Task;
            }

            await more.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (guard.IsCancellationRequested) return null;
        }
    }
}
