using System.Text;
using System.Text.Json;
using BridgeFramework.Testing;
using static BridgeFramework.IotHub.Tests.OperationsBench;

namespace BridgeFramework.IotHub.Tests;

public sealed class BatchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 40, 40)]
    [InlineData(10, 4, 5)]
    [InlineData(100, 1, 2)] // the first may have left before the others came
    public async Task Requests_that_come_together_go_together_as_far_as_allowed(int batchSize, int least, int most)
    {
        var published = new List<byte[]>();
        var batcher = new RequestBatcher(batchSize, payload =>
        {
            lock (published) published.Add(payload);
            return Task.CompletedTask;
        });
        var devices = Enumerable.Range(0, 40).Select(n => new DeviceIdentity("SUBPROD001", $"m{n}")).ToList();
        List<Task> asked = [];
        lock (published)
            asked.AddRange(devices.Select(device => batcher.SendAsync(new OperationKey(GatewayOperationKind.Online, device), Ct)));
        await Task.WhenAll(asked).OrFail("the publishes");
        Assert.Equal(devices, published.SelectMany(message => Devices(Encoding.UTF8.GetString(message))));
        Assert.InRange(published.Count, least, most);
    }

    [Fact]
    public async Task A_request_that_was_given_up_is_not_sent()
    {
        var first = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var published = new List<DeviceIdentity>();
        var batcher = new RequestBatcher(2, payload =>
        {
            published.AddRange(Devices(Encoding.UTF8.GetString(payload)));
            begun.TrySetResult();
            return first.Task;
        });
        using var patience = new CancellationTokenSource();
        var sent = batcher.SendAsync(new OperationKey(GatewayOperationKind.Online, Meter), Ct);
        await begun.Task.OrFail("the first message");
        var given = batcher.SendAsync(new OperationKey(GatewayOperationKind.Online, Other), patience.Token);
        var last = batcher.SendAsync(new OperationKey(GatewayOperationKind.Online, new DeviceIdentity("P", "last")), Ct);
        await patience.CancelAsync();
        first.SetResult();
        await Task.WhenAll(sent, last).OrFail("the messages");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal([Meter, new DeviceIdentity("P", "last")], published);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(2, 3)]
    public async Task Another_size_counts_from_the_next_message(int before, int after)
    {
        var published = new List<byte[]>();
        var batcher = new RequestBatcher(before, payload =>
        {
            lock (published) published.Add(payload);
            return Task.CompletedTask;
        });
        batcher.Size = after;
        var devices = Enumerable.Range(0, 6).Select(n => new DeviceIdentity("SUBPROD001", $"m{n}")).ToList();
        List<Task> asked = [];
        lock (published)
            asked.AddRange(devices.Select(device => batcher.SendAsync(new OperationKey(GatewayOperationKind.Online, device), Ct)));
        await Task.WhenAll(asked).OrFail("the publishes");
        var messages = published.Select(message => Devices(Encoding.UTF8.GetString(message))).ToList();
        Assert.Equal(devices, messages.SelectMany(message => message));
        Assert.Equal(after, messages.Max(message => message.Count));
    }

    [Fact]
    public async Task Every_request_of_a_batch_gets_its_own_answer()
    {
        await using var bench = new OperationsBench(new GatewayOperationsOptions { BatchSize = 10 });
        var link = await bench.Session.OnlineAsync();
        var devices = Enumerable.Range(0, 40).Select(n => new DeviceIdentity("SUBPROD001", $"m{n}")).ToList();
        var asked = devices.Select(device => bench.Operations.OnlineAsync(device, Ct)).ToList();
        for (int answered = 0; answered < devices.Count;)
        {
            var named = Devices(await RequestAsync(link));
            Assert.InRange(named.Count, 1, 10);
            foreach (var device in named) link.Deliver(Topic, Answer("online", device.DeviceName is "m7" ? -1 : 0, device));
            answered += named.Count;
        }

        for (int n = 0; n < devices.Count; n++)
        {
            if (n == 7) await Assert.ThrowsAsync<GatewayOperationException>(() => asked[7]).OrFail("the refusal of m7");
            else await asked[n].OrFail($"the answer for {devices[n]}");
        }
    }

    [Fact]
    public void A_hundred_of_the_longest_names_fit_into_one_message()
    {
        var devices = Enumerable.Range(0, 100).Select(n => new DeviceIdentity(new string('P', 32), $"{n:000}" + new string('d', 45)))
            .ToList();
        Assert.InRange(GatewayRequest.ForDevices(GatewayOperationKind.Offline, devices).Length, 1, HubPublish.MaxPayloadLength);
    }

    [Fact]
    public async Task A_connection_that_ends_ends_every_request_of_a_batch()
    {
        await using var bench = new OperationsBench(new GatewayOperationsOptions { BatchSize = 10 });
        var link = await bench.Session.OnlineAsync(l => l.Confirms = _ => new TaskCompletionSource().Task);
        var asked = Enumerable.Range(0, 15).Select(n => bench.Operations.OnlineAsync(new DeviceIdentity("P", $"m{n}"), Ct)).ToList();
        await RequestAsync(link);
        link.Close("cut");
        foreach (var call in asked) await Assert.ThrowsAsync<HubOfflineException>(() => call).OrFail("the end of a request");
    }

    private static List<DeviceIdentity> Devices(string request)
    {
        using var json = JsonDocument.Parse(Encoding.UTF8.GetBytes(request));
        var devices = json.RootElement.GetProperty("payload").GetProperty("devices");
        return [.. Enumerable.Range(0, devices.GetArrayLength()).Select(n => Device(devices[n]))];
    }

    private static DeviceIdentity Device(JsonElement entry) =>
        new(entry.GetProperty("product_id").GetString() ?? "", entry.GetProperty("device_name").GetString() ?? "");
}
