using BridgeFramework.IotHubEmulator;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A whole gateway whose sub-devices are unbound in the console, over restarts.</summary>
public sealed class RebindTests
{
    private const int Moved = 4002;
    private const int BroughtOnline = 4003;
    private const int Rests = 4006;
    private const int Binding = 4011;
    private const int Doubted = 4012;
    private const int KeptUnbound = 4014;
    private const int Unreadable = 4021;
    private static readonly SubDeviceId Meter = SubDeviceId.Parse(Cloud.Meter(1).ToString());

    [Fact]
    public async Task What_is_unbound_while_the_gateway_is_away_stays_unbound_until_somebody_binds_it()
    {
        var time = new FasterTime(20);
        await using var hub = await Cloud.StartAsync(time);
        await using var site = new Site(hub, time: time);
        await site.StartAsync();
        await site.Logged(BroughtOnline, "SUBPROD001/m1");
        await site.Logged(BroughtOnline, "SUBPROD001/m2");
        Assert.Equal(2, Count(site, Binding));
        await site.StopAsync();
        await hub.UnbindAsync(Cloud.Gateway, Cloud.Meter(1));

        await site.RestartAsync();
        await site.Logged(Doubted, "SUBPROD001/m1");
        await site.Logged(KeptUnbound, "SUBPROD001/m1");
        Assert.Null(BoundTo(hub));
        Assert.Equal(CloudState.Unbound, site.StatusOf(1).Cloud);
        Assert.Contains("bridge device bind SUBPROD001/m1", site.StatusOf(1).Reason, StringComparison.Ordinal);

        int since = site.Log.Lines.Count;
        await site.RestartAsync();
        await site.Logged(KeptUnbound, "SUBPROD001/m1", since); // now without a doubt
        Assert.DoesNotContain(site.Log.Lines.Skip(since), line => line.EventId == Doubted);
        Assert.Equal(2, Count(site, Binding));

        since = site.Log.Lines.Count;
        await site.Gateway.Orders.BindAsync(Meter, TestContext.Current.CancellationToken);
        await site.Logged(BroughtOnline, "SUBPROD001/m1", since);
        since = site.Log.Lines.Count;
        await site.RestartAsync();
        await site.Logged(BroughtOnline, "SUBPROD001/m1", since);
    }

    [Fact]
    public async Task A_gateway_that_is_to_bind_again_does_so_after_a_restart()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Hub = """, "rebind": "always" """ };
        await site.StartAsync();
        await site.Online(Cloud.Meter(1));
        await site.StopAsync();
        await hub.UnbindAsync(Cloud.Gateway, Cloud.Meter(1));

        await site.RestartAsync();

        await site.Logged(Binding, "'hub.rebind' is 'always'");
        await site.Online(Cloud.Meter(1));
    }

    [Fact]
    public async Task What_is_unbound_by_hand_stays_so_over_a_restart()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.Online(Cloud.Meter(1));
        await site.Gateway.Orders.UnbindAsync(Meter, TestContext.Current.CancellationToken);

        await site.RestartAsync();

        await site.Logged(KeptUnbound, "SUBPROD001/m1");
        Assert.Null(BoundTo(hub));
    }

    [Fact]
    public async Task A_data_folder_without_the_file_is_that_of_a_first_start()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.Online(Cloud.Meter(1));
        await site.StopAsync();
        await hub.UnbindAsync(Cloud.Gateway, Cloud.Meter(1));
        File.Delete(site.In("data/bindings"));

        await site.RestartAsync();

        await site.Online(Cloud.Meter(1));
    }

    [Fact]
    public async Task A_damaged_file_is_said_and_undoes_nobodys_unbind()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.Online(Cloud.Meter(1));
        await site.Online(Cloud.Meter(2));
        await site.StopAsync();
        await hub.UnbindAsync(Cloud.Gateway, Cloud.Meter(1));
        await File.WriteAllBytesAsync(site.In("data/bindings"), new byte[100], TestContext.Current.CancellationToken);

        await site.RestartAsync();

        await site.Logged(Unreadable, "cannot be used");
        await site.Logged(Doubted, "SUBPROD001/m1");
        await site.VoltageArrives(2);
        Assert.Null(BoundTo(hub));
    }

    [Fact]
    public async Task An_order_online_binds_one_whose_bind_rests_and_names_the_remedy_for_one_that_was_unbound()
    {
        await using var hub = await Cloud.StartAsync();
        hub.InjectFault(new HubFault { Kind = HubFaultKind.ResultCode, Operation = "bind", Times = 1 });
        await using var site = new Site(hub)
        {
            Channels = """ "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1} ] } """,
        };
        await site.StartAsync();
        await site.Logged(Rests, "SUBPROD001/m1");

        await site.Gateway.Orders.BringOnlineAsync(Meter, TestContext.Current.CancellationToken);
        Assert.Equal(Cloud.Gateway, BoundTo(hub));

        int since = site.Log.Lines.Count;
        await hub.UnbindAsync(Cloud.Gateway, Cloud.Meter(1));
        await site.Logged(Moved, "-> Unbound", since);
        var refused = await Assert.ThrowsAsync<OrderNotPossibleException>(
            () => site.Gateway.Orders.BringOnlineAsync(Meter, TestContext.Current.CancellationToken));
        Assert.Contains("bridge device bind SUBPROD001/m1", refused.Message, StringComparison.Ordinal);
    }

    private static int Count(Site site, int eventId) => site.Log.Lines.Count(line => line.EventId == eventId);

    private static HubDeviceId? BoundTo(HubEmulator hub) => hub.Devices.Single(device => device.Id == Cloud.Meter(1)).BoundTo;
}
