using System.Buffers;
using BridgeFramework.Runtime;

namespace BridgeFramework.Benchmarks;

/// <summary>What a meter with 20 points reports: numbers with one to three decimals, integers, now and then none.</summary>
/// <param name="seed">Says which meter it is; the same one always reports the same.</param>
internal sealed class MeterValues(int seed)
{
    private const double BadShare = 0.01;
    private static readonly (PointDefinition Point, int Decimals, double Least, double Most)[] Points =
        [.. new (string Name, int Decimals, double Least, double Most)[]
    {
        ("voltA", 1, 225, 235), ("voltB", 1, 225, 235), ("voltC", 1, 225, 235),
        ("ampA", 2, 0, 63), ("ampB", 2, 0, 63), ("ampC", 2, 0, 63),
        ("kwA", 3, 0, 14), ("kwB", 3, 0, 14), ("kwC", 3, 0, 14), ("kwAll", 3, 0, 42),
        ("kvar", 3, -5, 5), ("pf", 3, -1, 1), ("hz", 2, 49.9, 50.1),
        ("kwhIn", 1, 10_000, 99_000), ("kwhOut", 1, 0, 999),
        ("temp", 1, -20, 60), ("state", 0, 0, 3), ("alarms", 0, 0, 255), ("hours", 0, 10_000, 60_000), ("starts", 0, 100, 5_000),
    }.Select((each, at) => (new PointDefinition { Name = each.Name, At = at }, each.Decimals, each.Least, each.Most))];

    private readonly Random _random = new(seed);

    /// <summary>How many values a set has.</summary>
    public static int Count => Points.Length;

    /// <summary>What it reports next.</summary>
    public PointValue[] Next() => [.. Points.Select(each => _random.NextDouble() < BadShare
        ? new PointValue(each.Point, Quality.Timeout)
        : new PointValue(each.Point, Value(each.Decimals, each.Least + (_random.NextDouble() * (each.Most - each.Least)))))];

    /// <summary>What it reports next, as the record that the outbox gets.</summary>
    /// <param name="steady">When, in ms since the start of the machine.</param>
    public ReadOnlyMemory<byte> NextRecord(long steady)
    {
        var record = new ArrayBufferWriter<byte>(512);
        UplinkRecord.WriteSamples(record, new SampleStamp(Boot: 1, steady), Next());
        return record.WrittenMemory;
    }

    private static Variant Value(int decimals, double value) =>
        decimals == 0 ? Variant.From((long)value) : Variant.From(Math.Round(value, decimals));
}
