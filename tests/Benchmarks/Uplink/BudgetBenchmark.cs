using System.Buffers;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using BridgeFramework.Runtime;

namespace BridgeFramework.Benchmarks;

/// <summary>How many samples go through the messages that the hub allows. Counted, not timed: the seconds in it are made up.</summary>
internal static class BudgetBenchmark
{
    private const int MessagesPerSecond = 20;
    private const int Goal = 10_000;
    private const long Epoch = 1_700_000_000_000;

    public static async Task RunAsync(TextWriter output)
    {
        await output.WriteLineAsync($"""
            budget: samples through {MessagesPerSecond} messages a second of at most {HubPublish.MaxPayloadLength} bytes, {MeterValues.Count} from each sub-device every second
                                                       samples/message            bytes/message
                                              min     median        max   median   offered/s    sent/s
            """);
        await TellAsync("plain, 500 sub-devices", Encoder(UplinkFormat.Plain), devices: 500, backlog: 0, output);
        double compact = await TellAsync("compact, 500 sub-devices", Encoder(UplinkFormat.Compact), devices: 500, backlog: 0, output);
        await TellAsync("plain, after 10 min offline", Encoder(UplinkFormat.Plain), devices: 100, backlog: 600, output);
        await TellAsync("compact, after 10 min offline", Encoder(UplinkFormat.Compact), devices: 100, backlog: 600, output);
        await output.WriteLineAsync(
            $"goal for compact, {Goal} samples/s with 500 sub-devices: {(compact >= Goal ? "reached" : "MISSED")}\n");
    }

    private static IUplinkEncoder Encoder(UplinkFormat format) =>
        format == UplinkFormat.Compact ? new CompactUplink(stamp => Epoch + stamp.Steady) : new PlainUplink(stamp => Epoch + stamp.Steady);

    /// <summary>Lets sub-devices report and lanes take turns until every lane has had several.</summary>
    private static async Task<double> TellAsync(string name, IUplinkEncoder encoder, int devices, int backlog, TextWriter output)
    {
        await using var outbox = LaneOutbox.InMemory(new OutboxOptions(), TimeProvider.System);
        MeterValues[] meters = [.. Enumerable.Range(0, devices).Select(device => new MeterValues(device))];
        string[] owners = [.. Enumerable.Range(0, devices).Select(device => $"SUBPROD001/meter{device:000}")];
        outbox.AddOwners(owners);
        int round = devices / MessagesPerSecond; // seconds until every lane has had its turn
        int warmUp = backlog == 0 ? 2 * round : 0;
        var samples = new List<double>();
        var bytes = new List<double>();
        for (int second = -backlog; second < warmUp + (2 * round); second++)
        {
            for (int device = 0; device < devices; device++)
            {
                var record = meters[device].NextRecord(((second + backlog) * 1000) + device);
                await outbox.AppendAsync(owners[device], record, MeterValues.Count, filtered: 0, CancellationToken.None);
                if (second == 0) outbox.Open(owners[device]);
            }

            for (int message = 0; second >= 0 && message < MessagesPerSecond; message++)
            {
                var (items, length) = Send(outbox, encoder);
                if (second < warmUp) continue;
                samples.Add(items);
                bytes.Add(length);
            }
        }

        double sent = samples.Average() * MessagesPerSecond;
        await output.WriteLineAsync(
            $"  {name,-30} {Spread.Of(samples).Show("0")} {Spread.Of(bytes).Median,8:0} {devices * MeterValues.Count,11} {sent,9:0}");
        return sent;
    }

    private static (int Items, int Length) Send(LaneOutbox outbox, IUplinkEncoder encoder)
    {
        if (!outbox.TryTake(LaneKind.Live, _ => encoder.MaxRecords, UplinkPump.MaxBatchBytes, out var batch))
            throw new InvalidOperationException("No lane has anything to send.");
        var payload = new ArrayBufferWriter<byte>(HubPublish.MaxPayloadLength);
        var number = new SampleNumber(batch.Lane.Kind, batch.Epoch, batch.FirstSequence);
        var message = encoder.Encode(batch.Records, batch.Skipped, number, payload);
        if (payload.WrittenCount > HubPublish.MaxPayloadLength)
            throw new InvalidOperationException($"A message has {payload.WrittenCount} bytes.");
        batch.Acknowledge(message.Items);
        return (message.Items, payload.WrittenCount);
    }
}
