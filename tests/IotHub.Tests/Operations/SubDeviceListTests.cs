using BridgeFramework.Testing;
using static BridgeFramework.IotHub.Tests.OperationsBench;

namespace BridgeFramework.IotHub.Tests;

/// <summary>What the hub lists as bound.</summary>
public sealed class SubDeviceListTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"type":"describe_sub_devices","payload":{"devices":[{"product_id":"P","device_name":"a"},{"product_id":"P","device_name":"b"},{"product_id":"P","device_name":"a"}]}}""", "P/a P/b")]
    [InlineData("""{"type":"describe_sub_devices","payload":{"devices":[]}}""", "")]
    [InlineData("""{"type":"describe_sub_devices","payload":{"devices":null}}""", "")]
    [InlineData("""{"type":"describe_sub_devices"}""", "")]
    [InlineData("""{"payload":{"devices":[{"device_name":"a","product_id":"P","status":3},{},null,"x"]},"extra":1,"type":"describe_sub_devices"}""", "P/a")]
    public async Task The_list_is_read_leniently_and_names_each_device_once(string answer, string devices)
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        for (int round = 0; round < 2; round++)
        {
            var list = bench.Operations.DescribeAsync(Ct);
            Assert.Equal("""{"type":"describe_sub_devices"}""", await RequestAsync(link));
            link.Deliver(Topic, answer);
            Assert.Equal(devices, string.Join(' ', (await list.OrFail("the list")).Devices));
        }
    }

    [Theory]
    [InlineData(0, "", false)]
    [InlineData(125, "", false)]
    [InlineData(126, "", true)] // 16 KB may not have held another one
    [InlineData(1, ",{}", true)]
    [InlineData(1, ",null", true)]
    public async Task A_list_that_may_have_been_cut_off_or_misread_does_not_count_as_complete(int count, string more, bool mayBePartial)
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var list = bench.Operations.DescribeAsync(Ct);
        await RequestAsync(link);
        string entries = string.Join(',', Enumerable.Range(0, count).Select(n => $$"""{"product_id":"P","device_name":"m{{n}}"}"""));
        link.Deliver(Topic, $$$"""{"type":"describe_sub_devices","payload":{"devices":[{{{entries}}}{{{more}}}]}}""");
        Assert.Equal(mayBePartial, (await list.OrFail("the list")).MayBePartial);
    }

    [Theory]
    [InlineData("""{"type":"describe_sub_devices"}""")]
    [InlineData("""{"type":"describe_sub_devices","payload":{}}""")]
    [InlineData("""{"type":"describe_sub_devices","payload":{"devices":null}}""")]
    public async Task No_list_at_all_is_not_a_complete_one(string answer)
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var list = bench.Operations.DescribeAsync(Ct);
        await RequestAsync(link);
        link.Deliver(Topic, answer);
        Assert.True((await list.OrFail("the list")).MayBePartial);
    }

    [Fact]
    public async Task A_list_of_fifteen_hundred_devices_is_read()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var list = bench.Operations.DescribeAsync(Ct);
        await RequestAsync(link);
        string entries = string.Join(',', Enumerable.Range(0, 1500).Select(n => $$"""{"product_id":"SUBPROD001","device_name":"m{{n}}"}"""));
        link.Deliver(Topic, $$$"""{"type":"describe_sub_devices","payload":{"devices":[{{{entries}}}]}}""");
        Assert.Equal(1500, (await list.OrFail("the list")).Devices.Count);
    }
}
