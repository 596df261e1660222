using System.Globalization;

namespace BridgeFramework.Runtime;

/// <summary>What of a channel's drivers was told to end and has not: earlier runs and their disposal, perhaps of an earlier version of
/// the plugin. Safe to use from any thread.</summary>
internal sealed class LostWork(TimeProvider time)
{
    private const string Remedy =
        "bring a version of its plugin that ends when it is told to; what this one holds, a port or a line, a restart of the gateway frees";

    /// <summary>What is told to end needs a while.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Notes one; it is forgotten when it ends.</summary>
    /// <param name="what">What it is: a noun.</param>
    /// <param name="work">Its task.</param>
    /// <param name="isJustTold">Whether it was told to end just now, and has <see cref="Grace"/> for it.</param>
    public void Add(string what, Task work, bool isJustTold = false)
    {
        lock (_gate)
        {
            _entries.RemoveAll(entry => entry.HasEnded);
            _entries.Add(new Entry(what, new WeakReference(work), time.GetUtcNow(), time.GetTimestamp(), isJustTold));
        }
    }

    /// <summary>What there is to say of them.</summary>
    public ChannelProblem? FindProblem()
    {
        lock (_gate)
        {
            _entries.RemoveAll(entry => entry.HasEnded);
            var late = _entries.FindAll(entry => !entry.IsJustTold || time.GetElapsedTime(entry.SinceTimestamp) >= Grace);
            if (late is not [var oldest, ..]) return null;
            string more = late.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $", and {late.Count - 1} more") : "";
            return new ChannelProblem
            {
                What = $"{oldest.What} was told to end and has not{more}",
                Since = oldest.Since,
                SinceTimestamp = oldest.SinceTimestamp,
                Remedy = Remedy,
            };
        }
    }

    /// <param name="What">What it is.</param>
    /// <param name="Work">Its task. Nothing here keeps it in memory, and with it the plugin: what nobody else holds cannot go on.</param>
    /// <param name="Since">Since when it is lost.</param>
    /// <param name="SinceTimestamp">The same moment.</param>
    /// <param name="IsJustTold">Whether it was told to end only then.</param>
    private sealed record Entry(string What, WeakReference Work, DateTimeOffset Since, long SinceTimestamp, bool IsJustTold)
    {
        public bool HasEnded => Work.Target is not Task { IsCompleted: false };
    }
}
