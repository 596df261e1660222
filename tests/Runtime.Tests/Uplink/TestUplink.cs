using System.Buffers;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Parts of the uplink as tests need them.</summary>
internal static class TestUplink
{
    public const string Epoch = "k3f7aq2d";

    /// <summary>When the same bad quality goes again, as a gateway has it that says nothing of it.</summary>
    public static TimeSpan BadInterval { get; } = new UplinkSettings().BadInterval;

    /// <summary>An outbox in memory. Its own clock is the real one, so that its timers are none of the test's.</summary>
    public static LaneOutbox Outbox(OutboxOptions? options = null) =>
        LaneOutbox.InMemory(options ?? new OutboxOptions(), TimeProvider.System);

    /// <summary>A clock that stamps by the time of the test.</summary>
    public static BootTimes Clock(TimeProvider time) =>
        new(file: null, "a boot", new HubTime(time, DateTimeOffset.UnixEpoch), NullLogger<BootTimes>.Instance);

    public static SubDevicePlan Device(string id, params PointPlan[] points) =>
        new() { Id = SubDeviceId.Parse(id), Settings = System.Text.Json.JsonElement.Parse("{}"), Points = points };

    /// <summary>A record as the outbox gives it back.</summary>
    public static OutboxRecord Record(SampleStamp stamp, params PointValue[] values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        UplinkRecord.WriteSamples(buffer, stamp, values);
        return new OutboxRecord(buffer.WrittenMemory, values.Length);
    }

    /// <summary>Every message that an encoder makes of records, one after another as the pump does.</summary>
    public static List<(UplinkMessage Message, string Text)> EncodeAll(
        IUplinkEncoder encoder, IReadOnlyList<OutboxRecord> records, long sequence, LaneKind lane = LaneKind.Live)
    {
        var messages = new List<(UplinkMessage, string)>();
        int skipped = 0;
        while (records.Count > 0)
        {
            var output = new ArrayBufferWriter<byte>();
            var message = encoder.Encode([.. records.Take(encoder.MaxRecords)], skipped, new SampleNumber(lane, Epoch, sequence), output);
            messages.Add((message, System.Text.Encoding.UTF8.GetString(output.WrittenSpan)));
            sequence += message.Items;
            for (skipped += message.Items; records.Count > 0 && skipped >= records[0].Items; records = [.. records.Skip(1)])
                skipped -= records[0].Items;
        }

        return messages;
    }
}
