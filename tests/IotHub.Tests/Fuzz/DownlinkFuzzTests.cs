using System.Text;
using BridgeFramework.Fuzz;
using BridgeFramework.Testing;
using static BridgeFramework.IotHub.Tests.OperationsBench;

namespace BridgeFramework.IotHub.Tests;

/// <summary>Random and mutated payloads on every topic the session itself listens to. BRIDGE_FUZZ sets how many (default 10000).</summary>
public sealed class DownlinkFuzzTests
{
    private const string TimeTopic = "$sys/operation/result/GWPROD0001/test01";
    private const long Tolerated = 8 * 1024 * 1024; // bytes that live on after a run of any length: logs of the test, caches
    private static readonly DeviceIdentity Bystander = new("SUBPROD001", "bystander");

    // Whatever a mutation makes of them, none of these is about Meter.
    private static readonly byte[][] Real =
    [
        Encoding.UTF8.GetBytes(Answer("online", 0, Bystander)),
        Encoding.UTF8.GetBytes(Answer("offline", -2, Bystander)),
        Encoding.UTF8.GetBytes(Answer("bind", 805, Bystander)),
        Encoding.UTF8.GetBytes(Answer("unbind", -1, Bystander)),
        """{"type":"describe_sub_devices","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"bystander"}]}}"""u8.ToArray(),
        """{"type":"search_devices","payload":{"status":2}}"""u8.ToArray(),
        """{"type":"get","time":1795378623,"ntptime1":1795378623318,"ntptime2":1795378623318}"""u8.ToArray(),
        """{"type":"ssh","switch":1}"""u8.ToArray(),
    ];

    [Fact]
    public async Task Nothing_that_comes_on_a_topic_of_ours_throws_changes_anything_or_is_kept()
    {
        await using var bench = new OperationsBench(session: o => o with { SynchronizeTime = true });
        var link = await bench.Session.OnlineAsync();
        await link.PublishedAsync(); // the question for the time, answered before the storm
        link.Deliver(TimeTopic, HubClockTests.Answer(TestTime.Noon));
        await bench.Session.Time.ArmedAsync(HubClock.Tick);
        var waiting = bench.Operations.OnlineAsync(Meter, TestContext.Current.CancellationToken);
        await RequestAsync(link);

        var mutations = new Mutations(20261122, Real);
        int half = Mutations.Count(few: 10_000) / 2;
        await StormAsync(bench, link, mutations, half);
        long before = LiveBytes(bench);
        await StormAsync(bench, link, mutations, half);
        long after = LiveBytes(bench);

        Assert.False(waiting.IsCompleted, "garbage answered a request");
        Assert.Equal(TestTime.Noon, bench.Session.Session.Time.GetUtcNow());
        Assert.Equal((1, HubSessionState.Online), (bench.Session.Session.Status.Attempt, bench.Session.Session.Status.State));
        Assert.True(after - before < Tolerated, $"{half} messages left {after - before} bytes behind");
        link.Deliver(Topic, Answer("online", 0));
        await waiting.OrFail("the answer after the storm");
    }

    private static async Task StormAsync(OperationsBench bench, ScriptedLink link, Mutations mutations, int count)
    {
        for (int n = 0; n < count; n++)
        {
            byte[] payload = mutations.Next();
            HubTimeAnswer.TryRead(payload, out _); // which the session only reads while it waits for the time
            link.Deliver(n % 2 == 0 ? Topic : TimeTopic, payload);
            if (n % 500 != 499) continue;
            await HeardAsync(bench, link); // faster than an inbox holds would only test the inbox
            while (bench.Operations.Notifications.TryRead(out _))
            {
                // A mutation may well be a notification.
            }
        }

        await HeardAsync(bench, link);
    }

    // Messages are heard in order: an answer after them that arrives proves that they have been.
    private static async Task HeardAsync(OperationsBench bench, ScriptedLink link)
    {
        var probe = new DeviceIdentity("PROBE", "probe");
        var asked = bench.Operations.OfflineAsync(probe, TestContext.Current.CancellationToken);
        while (!Encoding.UTF8.GetString((await link.PublishedAsync()).Payload.Span).Contains("PROBE", StringComparison.Ordinal))
        {
            // Acknowledgements that went before.
        }

        link.Deliver(Topic, Answer("offline", 0, probe));
        await asked.OrFail("the probe");
    }

    private static long LiveBytes(OperationsBench bench)
    {
        bench.Logger.Collector.Clear();
        bench.Session.Logger.Collector.Clear();
        while (bench.Session.Time.TimerArmed.TryRead(out _))
        {
            // What the test itself has noted down.
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
