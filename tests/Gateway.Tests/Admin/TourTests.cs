using System.Text.Json;
using BridgeFramework.Configuration;

namespace BridgeFramework.Gateway.Tests;

/// <summary>What the official gateway sample shows, by hand, with nothing but a device_info.json; and that orders hold.</summary>
public sealed class TourTests
{
    private const string Test1 = "SUBPROD001/test1";

    [Fact]
    public async Task The_tour_of_the_official_sample_works_without_any_channel()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        Assert.Equal(new(0, $"{Test1} is bound to this gateway.\n", ""), await bench.BridgeAsync($"device bind {Test1}"));
        Assert.Equal(GatewayBench.Gateway, bench.AtHub(GatewayBench.Test1).BoundTo);

        var online = await bench.BridgeAsync($"device online {Test1}");
        Assert.Equal((0, ""), (online.Code, online.Error));
        Assert.StartsWith($"{Test1} is online", online.Output, StringComparison.Ordinal);
        Assert.True(bench.AtHub(GatewayBench.Test1).Online);

        var list = await bench.BridgeAsync("hub list");
        Assert.Equal(0, list.Code);
        Assert.Contains("1 bound to GWPROD0001/test01: 1 difference.", list.Output, StringComparison.Ordinal);

        var offline = await bench.BridgeAsync($"device offline {Test1}");
        Assert.Equal((0, ""), (offline.Code, offline.Error));
        Assert.False(bench.AtHub(GatewayBench.Test1).Online);

        var unbind = await bench.BridgeAsync($"device unbind {Test1}");
        Assert.Equal((0, ""), (unbind.Code, unbind.Error));
        Assert.Null(bench.AtHub(GatewayBench.Test1).BoundTo);
        Assert.Equal(0, await bench.StopAsync());
        // The engine knows the answers to the orders, and asks nothing once more.
        Assert.Equal(["bind", "online", "describe_sub_devices", "offline", "unbind"], bench.Requests());
    }

    [Fact]
    public async Task An_order_holds_over_a_lost_connection()
    {
        await using var bench = await GatewayBench.CreateAsync(test1BoundTo: GatewayBench.Gateway);
        await bench.StartAsync();
        Assert.Equal(0, (await bench.BridgeAsync($"device online {Test1}")).Code);
        var again = bench.NextOnline();

        await bench.Hub.DisconnectAsync(GatewayBench.Gateway);
        await bench.Hub.RemoveDeviceAsync(GatewayBench.Test1);
        bench.Hub.AddDevice(new()
        {
            Id = GatewayBench.Test1,
            Kind = IotHubEmulator.HubDeviceKind.SubDevice,
            DeviceSecret = GatewayBench.Secret,
            BoundTo = GatewayBench.Gateway,
        });
        await again;

        await bench.HubSees(GatewayBench.Test1, device => device.Online);
        var status = await bench.BridgeJsonAsync("status");
        Assert.Equal("online", Device(status, Test1).GetProperty("order").GetString());
    }

    [Fact]
    public async Task What_was_unbound_by_hand_must_be_bound_before_it_can_be_online()
    {
        await using var bench = await GatewayBench.CreateAsync(test1BoundTo: GatewayBench.Gateway);
        await bench.StartAsync();
        Assert.Equal(0, (await bench.BridgeAsync($"device unbind {Test1}")).Code);

        Assert.Equal(
            new(1, "", $"{Test1} was unbound by hand: bind it first, with 'bridge device bind {Test1}'.\n"),
            await bench.BridgeAsync($"device online {Test1}"));
        Assert.Equal("unbound", Device(await bench.BridgeJsonAsync("status"), Test1).GetProperty("order").GetString());

        Assert.Equal(0, (await bench.BridgeAsync($"device bind {Test1}")).Code);
        Assert.Equal("none", Device(await bench.BridgeJsonAsync("status"), Test1).GetProperty("order").GetString());
        Assert.Equal(0, (await bench.BridgeAsync($"device online {Test1}")).Code);
        Assert.True(bench.AtHub(GatewayBench.Test1).Online);
    }

    [Fact]
    public async Task A_sub_device_without_a_secret_cannot_be_bound_and_the_operator_hears_why()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        var bind = await bench.BridgeAsync("device bind SUBPROD001/dev1");
        Assert.Equal(1, bind.Code);
        Assert.StartsWith("SUBPROD001/dev1 has no secret to be bound with: ", bind.Error, StringComparison.Ordinal);

        Assert.Equal(
            new(1, "", "SUBPROD001/dev1 is not bound to this gateway: 'bridge device bind SUBPROD001/dev1' binds it.\n"),
            await bench.BridgeAsync("device online SUBPROD001/dev1"));
        Assert.Equal("none", Device(await bench.BridgeJsonAsync("status"), "SUBPROD001/dev1").GetProperty("order").GetString());
    }

    [Fact]
    public async Task An_order_to_be_offline_is_kept_while_the_hub_cannot_be_reached()
    {
        await using var bench = await GatewayBench.CreateAsync(test1BoundTo: GatewayBench.Gateway);
        await bench.StartAsync();
        Assert.Equal(0, (await bench.BridgeAsync($"device online {Test1}")).Code);
        await bench.Hub.StopBrokerAsync();
        var again = bench.NextOnline();

        var offline = await bench.BridgeAsync($"device offline {Test1}");

        Assert.Equal(1, offline.Code);
        Assert.Equal(
            $"There is no connection to the hub ('bridge status' says why). The order is kept: {Test1} is to be offline, and the hub "
                + "hears of it as soon as it can.\n",
            offline.Error);
        Assert.True(bench.AtHub(GatewayBench.Test1).Online);
        await bench.Hub.StartBrokerAsync();
        await again;
        await bench.HubSees(GatewayBench.Test1, device => !device.Online);
    }

    private static JsonElement Device(JsonElement list, string id)
    {
        var devices = list.GetProperty("devices");
        return Enumerable.Range(0, devices.GetArrayLength()).Select(i => devices[i])
            .Single(device => string.Equals(device.GetProperty("id").GetString(), id, StringComparison.Ordinal));
    }
}
