using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What goes into messages of the compact form, and what somebody reads there.</summary>
internal static class CompactSamples
{
    public const long Zero = 1700000000000;

    public static long TimeOf(SampleStamp stamp) => Zero + stamp.Steady;

    public static PointDefinition Point(string name) => new() { Name = name, At = new object() };

    public static PointValue Value(string name, Variant value, long? ownTime = null) =>
        new(Point(name), value) { Time = ownTime is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(Zero + time) : null };

    public static OutboxRecord Set(long time, params PointValue[] values) => TestUplink.Record(new SampleStamp(1, time), values);

    public static OutboxRecord Event(long time, string name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        UplinkRecord.WriteEvent(buffer, new SampleStamp(1, time), new DeviceEvent
        {
            Name = name,
            Data = new Dictionary<string, Variant>(StringComparer.Ordinal) { ["by"] = Variant.From("key") },
        });
        return new OutboxRecord(buffer.WrittenMemory, 1);
    }

    public static void AssertFits(string message) =>
        Assert.True(Encoding.UTF8.GetByteCount(message) <= HubPublish.MaxPayloadLength, "A message is too large.");

    /// <summary>Reads a message as somebody would who has only the description of the format.</summary>
    public static List<Sample> Decode(string message)
    {
        var root = JsonNode.Parse(message)!;
        long sequence = (long)root["seq"]!;
        if (root["event"] is { } happened)
            return [new Sample(sequence, (string)happened!, (long)root["timestamp"]!, default, IsEvent: true)];
        string[] points = [.. root["points"]!.AsArray().Select(point => (string)point!)];
        int[] columns = [];
        var samples = new List<Sample>();
        foreach (var set in root["sets"]!.AsArray().Select(each => each!.AsArray()))
        {
            long time = (long)root["base"]! + (long)set[0]!;
            int at = 1;
            if (set[1] is JsonArray changed)
            {
                columns = [.. changed.Select(place => (int)place!)];
                at = 2;
            }

            Assert.Equal(columns.Length, set.Count - at);
            foreach (int column in columns)
                samples.Add(new Sample(sequence++, points[column], time, set[at++].Deserialize<JsonElement>(), IsEvent: false));
        }

        return samples;
    }

    /// <summary>What was read.</summary>
    public sealed record Sample(long Sequence, string Name, long Time, JsonElement Json, bool IsEvent);
}
