namespace BridgeFramework.Runtime.Tests;

/// <summary>The whole gateway, plugin from disk, over real sockets, while the hub makes trouble.</summary>
public sealed class HubTroubleTests
{
    [Fact]
    public async Task Sub_devices_are_bound_and_online_and_their_values_arrive_in_order()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();

        await site.Online(Cloud.Meter(1));
        await site.Online(Cloud.Meter(2));
        await site.VoltageArrives(1);
        await site.VoltageArrives(2);

        await site.StopAsync();
        Assert.Equal((0, 0), (hub.CheckSequence(Cloud.Meter(1)), hub.CheckSequence(Cloud.Meter(2))));
        Assert.Empty(site.Log.Troubles);
    }
}
