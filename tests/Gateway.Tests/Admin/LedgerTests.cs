using BridgeFramework.Outbox;

namespace BridgeFramework.Gateway.Tests;

public sealed class LedgerTests
{
    private const string Gone = "SUBPROD009/gone";
    private const string OneChannel = """{ "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/test1" } ] } }""";

    [Fact]
    public async Task What_was_reported_is_accounted_for_in_total_and_by_sub_device()
    {
        await using var bench = await GatewayBench.CreateAsync(OneChannel);
        await LeaveAsync(bench);
        await bench.StartAsync();

        var ledger = await bench.BridgeAsync("ledger");

        Assert.Equal((0, ""), (ledger.Code, ledger.Error));
        string[] lines = ledger.Output.Split('\n');
        Assert.Matches(@"^  sub-device +reported +acknowledged +pending +oldest +filtered +dropped$", lines[0]);
        Assert.Matches(@"^! SUBPROD009/gone \(not configured\) +35 +4 +12 +\d+ s +3 +16 \(tooLarge 16\)$", lines[1]);
        Assert.Matches(@"^  SUBPROD001/test1 +9 +0 +8 +\d+ s +1 +0$", lines[2]);
        Assert.Matches(@"^  total +44 +4 +20 +\d+ s +4 +16 \(tooLarge 16\)$", lines[3]);
        Assert.Contains("reported = acknowledged + pending + filtered + dropped", ledger.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_json_of_a_ledger_has_the_documented_form()
    {
        await using var bench = await GatewayBench.CreateAsync(OneChannel);
        await LeaveAsync(bench);
        await bench.StartAsync();

        var ledger = await bench.BridgeJsonAsync("ledger");

        var gone = ledger.GetProperty("devices")[0];
        Assert.Equal((Gone, false, false), (
            gone.GetProperty("id").GetString(), gone.GetProperty("ok").GetBoolean(), gone.GetProperty("configured").GetBoolean()));
        Assert.Equal(
            (35, 4, 12, 3, 16),
            (gone.GetProperty("reported").GetInt32(), gone.GetProperty("acknowledged").GetInt32(), gone.GetProperty("pending").GetInt32(),
             gone.GetProperty("filtered").GetInt32(), gone.GetProperty("dropped").GetProperty("tooLarge").GetInt32()));
        Assert.InRange(gone.GetProperty("pendingBytes").GetInt32(), 30, 60);
        Assert.Equal(44, ledger.GetProperty("total").GetProperty("reported").GetInt32());
        Assert.False(ledger.GetProperty("total").TryGetProperty("id", out _));
    }

    [Fact]
    public async Task What_a_removed_sub_device_took_with_it_is_said_and_marks_nothing()
    {
        await using var bench = await GatewayBench.CreateAsync(OneChannel);
        await using (var outbox = LaneOutbox.Open(Path.Combine(bench.Data, "outbox"), new OutboxOptions(), TimeProvider.System))
        {
            await outbox.AppendAsync(Gone, new byte[10], items: 4, filtered: 3, TestContext.Current.CancellationToken);
            outbox.RemoveOwner(Gone);
        }

        await bench.StartAsync();
        Assert.Matches(
            @"(?m)^  SUBPROD009/gone \(not configured\) +7 +0 +0 +3 +4 \(removed 4\)$", (await bench.BridgeAsync("ledger")).Output);
    }

    [Fact]
    public async Task A_status_says_how_much_waits_and_since_when()
    {
        await using var bench = await GatewayBench.CreateAsync(OneChannel);
        await LeaveAsync(bench);
        await bench.StartAsync();

        var status = await bench.BridgeAsync("status");

        Assert.Matches(@"(?m)^waiting +20 samples, [5-8]\d bytes, the oldest for \d+ s: bridge ledger$", status.Output);
        var queue = (await bench.BridgeJsonAsync("status")).GetProperty("queue");
        Assert.Equal(20, queue.GetProperty("pendingSamples").GetInt32());
        // where something waits there is an oldest
        Assert.True(
            TimeSpan.Parse(queue.GetProperty("oldestAge").GetString()!, System.Globalization.CultureInfo.InvariantCulture) > TimeSpan.Zero);
    }

    [Fact]
    public async Task Before_anything_was_reported_it_says_so()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        Assert.Equal(new(0, "No sub-device has ever reported anything.\n", ""), await bench.BridgeAsync("ledger"));
    }

    /// <summary>What an earlier run has left: of one sub-device that is configured no more something of each
    /// kind, of another something that waits.</summary>
    private static async Task LeaveAsync(GatewayBench bench)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var outbox = LaneOutbox.Open(Path.Combine(bench.Data, "outbox"), new OutboxOptions(), TimeProvider.System);
        outbox.AddOwners([Gone, "SUBPROD001/test1"]);
        await outbox.AppendAsync(Gone, new byte[10], items: 4, filtered: 3, stop);
        await outbox.AppendAsync(Gone, new byte[20], items: 16, filtered: 0, stop);
        await outbox.AppendAsync(Gone, new byte[30], items: 12, filtered: 0, stop);
        await outbox.AppendAsync("SUBPROD001/test1", new byte[20], items: 8, filtered: 1, stop);
        outbox.Open(Gone);
        Take(outbox).Acknowledge(4);
        Take(outbox).Drop(16, DropReason.TooLarge);
    }

    private static OutboxBatch Take(LaneOutbox outbox)
    {
        Assert.True(outbox.TryTake(LaneKind.Live, _ => 1, maxBytes: 1000, out var batch));
        return batch;
    }
}
