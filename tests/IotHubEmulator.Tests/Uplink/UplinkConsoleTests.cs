using System.Net.Http.Json;
using System.Text.Json;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class UplinkConsoleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lanes_are_told_over_HTTP_and_forgotten()
    {
        await using var hub = await HubEmulator.StartAsync(Example.Options(), Ct);
        using var http = new HttpClient { BaseAddress = hub.ConsoleUrl };
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.PublishAsync("SUBPROD001/test1/data", """{"seq":1,"epoch":"k3f7aq2d","timestamp":5,"values":{"a":1}}""");
        await gateway.PublishAsync("SUBPROD001/test1/data", """{"seq":3,"epoch":"k3f7aq2d","timestamp":5,"values":{"a":1}}""");
        await gateway.PublishAsync("SUBPROD001/test1/data", """{"seq":3,"epoch":"k3f7aq2d","timestamp":5,"values":{"a":2}}""");
        await gateway.PublishAsync("SUBPROD001/test1/event", """{"seq":4,"epoch":"k3f7aq2d","timestamp":5,"event":"e","level":"info","data":{}}""");
        await gateway.PublishAsync("SUBPROD001/test1/event", """{"outcome":"done","id":"c"}""");
        await gateway.PublishAsync("SUBPROD001/test1/data", """{"seq":1,"epoch":"k3f7aq2d","backfill":true,"base":1,"points":["a"],"sets":[[0,[0],1]]}""");
        await gateway.PublishAsync("SUBPROD001/test1/data", """{"seq":1,"epoch":"zzzzzzzz","backfill":true,"timestamp":7,"values":{"a":2}}""");
        await gateway.PublishAsync("SUBPROD001/dev1/data", "hello");

        var uplink = await http.GetFromJsonAsync<JsonElement>("/api/uplink", Ct);
        const string Live = """{"lane":"live","counts":{"samples":3,"repeated":0,"notCompared":0,"conflicts":1,"outOfOrder":0,"missing":1,"messages":4,"plain":3,"compact":0,"events":1},"epochs":[{"epoch":"k3f7aq2d","first":1,"last":4,"counts":{"samples":3,"repeated":0,"notCompared":0,"conflicts":1,"outOfOrder":0,"missing":1,"messages":4,"plain":3,"compact":0,"events":1},"gaps":[[2,2]],"conflictsFound":[{"number":3,"message":3,"earlierMessage":2,"sample":"a=2 at 5"}]}],"forgottenEpochs":0}""";
        const string Backfill = """{"lane":"backfill","counts":{"samples":2,"repeated":0,"notCompared":0,"conflicts":0,"outOfOrder":0,"missing":0,"messages":2,"plain":1,"compact":1,"events":0},"epochs":[{"epoch":"k3f7aq2d","first":1,"last":1,"counts":{"samples":1,"repeated":0,"notCompared":0,"conflicts":0,"outOfOrder":0,"missing":0,"messages":1,"plain":0,"compact":1,"events":0},"gaps":[],"conflictsFound":[]},{"epoch":"zzzzzzzz","first":1,"last":1,"counts":{"samples":1,"repeated":0,"notCompared":0,"conflicts":0,"outOfOrder":0,"missing":0,"messages":1,"plain":1,"compact":0,"events":0},"gaps":[],"conflictsFound":[]}],"forgottenEpochs":0}""";
        Assert.Equal("""{"samples":5,"repeated":0,"notCompared":0,"conflicts":1,"outOfOrder":0,"missing":1,"messages":6,"plain":4,"compact":1,"events":1}""", uplink.GetProperty("total").GetRawText());
        Assert.Equal((1, 1), (uplink.GetProperty("replies").GetInt64(), uplink.GetProperty("foreign").GetInt64()));
        Assert.Equal(
            [
                """{"productId":"SUBPROD001","deviceName":"dev1","lanes":[],"replies":0,"foreign":1,"foreignReason":"It is not JSON."}""",
                $$"""{"productId":"SUBPROD001","deviceName":"test1","lanes":[{{Live}},{{Backfill}}],"replies":1,"foreign":0,"foreignReason":null}""",
            ],
            Enumerable.Range(0, uplink.GetProperty("devices").GetArrayLength()).Select(i => uplink.GetProperty("devices")[i].GetRawText()),
            StringComparer.Ordinal);
        Assert.Equal(2, hub.UplinkLanes.Count);

        using var deleted = await http.DeleteAsync("/api/uplink", Ct);
        Assert.True(deleted.IsSuccessStatusCode);
        Assert.Empty(hub.UplinkDevices);
    }

    [Fact]
    public async Task A_lane_is_waited_for()
    {
        await using var hub = await HubEmulator.StartAsync(Example.Options(), Ct);
        await using var gateway = await TestGateway.ConnectAsync(hub);
        var waiting = hub.WaitForUplinkAsync(Example.Test1, UplinkLaneKind.Live, lane => lane.Newest.Last >= 2, Ct);
        await gateway.PublishAsync("SUBPROD001/test1/data", """{"seq":1,"epoch":"k3f7aq2d","timestamp":5,"values":{"a":1}}""");
        Assert.False(waiting.IsCompleted);
        await gateway.PublishAsync("SUBPROD001/test1/data", """{"seq":2,"epoch":"k3f7aq2d","timestamp":6,"values":{"a":1}}""");
        Assert.Equal(2, (await waiting).Counts.Samples);
    }
}
