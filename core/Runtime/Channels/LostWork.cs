using System.Globalization;

namespace BridgeFramework.Runtime;

/// <summary>What of a channel's drivers was told to end and has not: earlier runs and their disposal, perhaps of an earlier version of
/// the plugin. Safe to use from any thread.</summary>
internal sealed class LostWork(TimeProvider time)
{
    private const string Remedy =
        "bring a version of its plugin that ends when it is told to; what this one holds, a port or a line, a restart of the gateway frees";

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Notes one; it is forgotten when it ends.</summary>
    /// <param name="what">What it is: a noun.</param>
    /// <param name="work">Its task.</param>
    public void Add(string what, Task work)
    {
        lock (_gate) _entries.Add(new Entry(what, new WeakReference(work), time.GetUtcNow(), time.GetTimestamp()));
    }

    /// <summary>What there is to say of them.</summary>
    public ChannelProblem? FindProblem()
    {
        lock (_gate)
        {
            _entries.RemoveAll(entry => entry.HasEnded);
            if (_entries is not [var oldest, .. var others]) return null;
            string more = others.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $", and {others.Count} more") : "";
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
    private sealed record Entry(string What, WeakReference Work, DateTimeOffset Since, long SinceTimestamp)
    {
        public bool HasEnded => Work.Target is not Task { IsCompleted: false };
    }
}
