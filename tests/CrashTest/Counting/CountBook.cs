using System.Globalization;
using System.Runtime.InteropServices;
using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.CrashTest;

/// <summary>Numbers that the device served and the hub never got.</summary>
/// <param name="Device">The sub-device.</param>
/// <param name="First">The first count.</param>
/// <param name="Last">The last count.</param>
/// <param name="After">Time of the count before, by the gateway's clock.</param>
/// <param name="Before">Time of the count behind.</param>
/// <param name="Allowed">How many may be missing: one for each end of the gateway in between, and for each read that failed.</param>
internal sealed record MissingCounts(string Device, long First, long Last, DateTimeOffset After, DateTimeOffset Before, int Allowed)
{
    public long Count => Last - First + 1;
}

/// <summary>
/// The values of the point that counts up with each read. They are the device's own numbers, which no mistake of the gateway can hide:
/// a lost value leaves one out, whatever number the gateway gave to its neighbours.
/// </summary>
internal sealed class CountBook
{
    private const int ShownTwice = 20;
    private readonly SortedDictionary<string, Page> _pages = new(StringComparer.Ordinal);

    /// <summary>Counts that came under two numbers, the first 20, as sentences.</summary>
    public List<string> Twice { get; } = [];

    public void Add(string device, UplinkMessage message)
    {
        if (!_pages.TryGetValue(device, out var page)) _pages.Add(device, page = new Page());
        for (int i = 0; i < message.Samples.Count; i++)
        {
            var sample = message.Samples[i];
            if (!string.Equals(sample.Point, SceneFolder.CountPoint, StringComparison.Ordinal)) continue;
            var entry = new Entry(message.Lane, message.Epoch, message.Sequence + i, message.IsOrderUnknown, sample.Time);
            if (!sample.IsGood) page.Failed.Add((entry.Lane, entry.Epoch, entry.Number, entry.Time));
            else if (!long.TryParse(sample.Value, CultureInfo.InvariantCulture, out long count)) continue;
            else if (page.Counts.TryAdd(count, entry) || page.Counts[count].IsSame(entry)) continue;
            else if (Twice.Count < ShownTwice)
                Twice.Add($"{device} count {count} came as {page.Counts[count]} and as {entry}: the same read under two numbers.");
        }
    }

    /// <summary>How many different counts came from a device.</summary>
    public long CountOf(string device) => _pages.TryGetValue(device, out var page) ? page.Counts.Count : 0;

    /// <summary>When, by the gateway's clock, a sample was taken whose number is near the given one.</summary>
    public DateTimeOffset? TimeNear(string device, UplinkLaneKind lane, long number) =>
        _pages.TryGetValue(device, out var page)
            && page.Counts.Values.Where(entry => entry.Lane == lane).OrderBy(entry => Math.Abs(entry.Number - number)).Take(1)
                .ToList() is [var near]
            ? DateTimeOffset.FromUnixTimeMilliseconds(near.Time) : null;

    /// <summary>What the devices served and the hub never got, up to the highest count it got.</summary>
    public IEnumerable<MissingCounts> Missing(IReadOnlyList<Life> lives)
    {
        foreach (var (device, page) in _pages)
        {
            long expected = 0;
            var after = lives.Count > 0 ? lives[0].Started : DateTimeOffset.MinValue;
            foreach (var (count, entry) in page.Counts)
            {
                var at = DateTimeOffset.FromUnixTimeMilliseconds(entry.Time);
                if (count != expected)
                {
                    int allowed = lives.Count(life => life.Ended is { } ended && ended >= after && ended <= at)
                        + page.Failed.Count(failed => failed.Time >= after.ToUnixTimeMilliseconds() && failed.Time <= entry.Time);
                    yield return new MissingCounts(device, expected, count - 1, after, at, allowed);
                }

                expected = count + 1;
                after = at;
            }
        }
    }

    private sealed class Page
    {
        public SortedDictionary<long, Entry> Counts { get; } = [];
        public HashSet<(UplinkLaneKind Lane, string Epoch, long Number, long Time)> Failed { get; } = [];
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(UplinkLaneKind Lane, string Epoch, long Number, bool IsNumberUnknown, long Time)
    {
        public bool IsSame(Entry other) => Lane == other.Lane && string.Equals(Epoch, other.Epoch, StringComparison.Ordinal)
            && (Number == other.Number || IsNumberUnknown || other.IsNumberUnknown);

        public override string ToString() => $"{(Lane is UplinkLaneKind.Live ? "live" : "backfill")} {Epoch} {Number} at {Time}";
    }
}
