using System.Globalization;
using System.Runtime.InteropServices;
using BridgeFramework.IotHubEmulator;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>A number as the hub got it.</summary>
/// <param name="Number">The number that the plugin reported.</param>
/// <param name="Version">The version of the plugin that did.</param>
/// <param name="Taken">When, by the gateway's clock.</param>
/// <param name="Lane">The lane it came in.</param>
/// <param name="Epoch">The epoch in which the gateway numbered it.</param>
/// <param name="Sequence">The gateway's number for it in that lane and epoch.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Sighting(
    long Number, string Version, DateTimeOffset Taken, UplinkLaneKind Lane, string Epoch, long Sequence);

/// <summary>The consecutive numbers that the hub got of each sub-device. A receiver that drops what it has by
/// lane, epoch and sequence sees each once.</summary>
internal sealed class NumberBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<(UplinkLaneKind, string, long), Sighting>> _pages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _arrivals = new(StringComparer.Ordinal);

    public void Add(MessageView message, UplinkMessage read)
    {
        long? number = null;
        string version = "";
        int place = 0;
        for (int i = 0; i < read.Samples.Count; i++)
        {
            var sample = read.Samples[i];
            if (!sample.IsGood) continue;
            if (string.Equals(sample.Point, SwapScene.NumberPoint, StringComparison.Ordinal)
                && long.TryParse(sample.Value, CultureInfo.InvariantCulture, out long value)) (number, place) = (value, i);
            else if (string.Equals(sample.Point, SwapScene.VersionPoint, StringComparison.Ordinal)) version = sample.Value.Trim('"');
        }

        if (number is not { } found) return;
        string device = $"{message.ProductId}/{message.DeviceName}";
        lock (_gate)
        {
            if (!_pages.TryGetValue(device, out var page)) _pages.Add(device, page = []);
            page.TryAdd((read.Lane, read.Epoch, read.Sequence + place), new Sighting(
                found, version, DateTimeOffset.FromUnixTimeMilliseconds(read.Samples[place].Time), read.Lane, read.Epoch,
                read.Sequence + place));
            // The first of a version: when the hub had it.
            _arrivals.TryAdd($"{device} {version}", message.Time);
        }
    }

    /// <summary>What came of a sub-device, by time.</summary>
    public IReadOnlyList<Sighting> Of(string device)
    {
        lock (_gate)
            return _pages.TryGetValue(device, out var page)
                ? [.. page.Values.OrderBy(sighting => sighting.Taken).ThenBy(sighting => sighting.Number)] : [];
    }

    /// <summary>The newest of a sub-device.</summary>
    public Sighting? NewestOf(string device)
    {
        lock (_gate)
            return _pages.TryGetValue(device, out var page) && page.Count > 0
                ? page.Values.MaxBy(sighting => (sighting.Taken, sighting.Number)) : null;
    }

    /// <summary>When the hub got the first number that a version reported.</summary>
    public DateTimeOffset? ArrivalOf(string device, string version)
    {
        lock (_gate) return _arrivals.TryGetValue($"{device} {version}", out var at) ? at : null;
    }

    /// <summary>Ranges of numbers from 1 on that never came, up to the highest that did or must have.</summary>
    public static IEnumerable<(long First, long Last)> Missing(IReadOnlyList<Sighting> sightings, long atLeast)
    {
        long expected = 1;
        foreach (long number in sightings.Select(sighting => sighting.Number).Distinct().Order())
        {
            if (number > expected) yield return (expected, number - 1);
            expected = number + 1;
        }

        if (expected <= atLeast) yield return (expected, atLeast);
    }

    /// <summary>Numbers that were reported more than once: each time but the first.</summary>
    public static IEnumerable<(Sighting First, Sighting Again)> Doubled(IReadOnlyList<Sighting> sightings) =>
        sightings.GroupBy(sighting => sighting.Number).Where(group => group.Skip(1).Any()).SelectMany(
            group => group.Skip(1).Select(again => (group.First(), again)));
}
