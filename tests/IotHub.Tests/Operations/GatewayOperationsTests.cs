using BridgeFramework.Testing;
using static BridgeFramework.IotHub.Tests.OperationsBench;

namespace BridgeFramework.IotHub.Tests;

public sealed class GatewayOperationsTests
{
    private static readonly DeviceSecret Secret = new("EBESExQVFhcYGRobHB0eHw==");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_result_topic_is_subscribed_before_anything_is_asked()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        Assert.Equal(Topic, await link.SubscribedAsync());
    }

    [Fact]
    public async Task Online_completes_with_the_answer_for_its_own_device()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var online = bench.Operations.OnlineAsync(Meter, Ct);
        Assert.Equal("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""", await RequestAsync(link));
        link.Deliver(Topic, Answer("online", 0, Other));
        link.Deliver(Topic, Answer("offline", 0));
        link.Deliver(Topic, """{"type":"online","payload":{"devices":[]}}""");
        Assert.False(online.IsCompleted);
        link.Deliver(Topic, Answer("online", 0));
        await online.OrFail("online");
    }

    [Fact]
    public async Task Every_entry_of_an_answer_counts()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var first = bench.Operations.OnlineAsync(Other, Ct);
        var second = bench.Operations.OnlineAsync(Meter, Ct);
        await RequestAsync(link);
        await RequestAsync(link);
        link.Deliver(Topic, """{"type":"online","payload":{"devices":[7,{"product_id":"SUBPROD001","device_name":"dev1","result":0},{"product_id":"SUBPROD001","device_name":"test1","result":-1}]}}""");
        await first.OrFail("the first");
        Assert.Equal(-1, (await Assert.ThrowsAsync<GatewayOperationException>(() => second)).Code);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(-2, true)]
    [InlineData(801, false)]
    [InlineData(802, false)]
    [InlineData(810, false)]
    [InlineData(4711, false)]
    public async Task A_refusal_has_a_name_and_a_remedy(int code, bool transient)
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var online = bench.Operations.OnlineAsync(Meter, Ct);
        await RequestAsync(link);
        link.Deliver(Topic, Answer("online", code));
        var refusal = await Assert.ThrowsAsync<GatewayOperationException>(() => online);
        Assert.Equal(
            (GatewayOperationKind.Online, Meter, code, transient), (refusal.Operation, refusal.Device, refusal.Code, refusal.IsTransient));
        Assert.Contains(refusal.Remedy, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("SUBPROD001/test1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unanswered_request_is_sent_three_times()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var online = bench.Operations.OnlineAsync(Meter, Ct);
        for (int attempt = 0; attempt < 3; attempt++)
        {
            await RequestAsync(link);
            await bench.TimeoutAsync();
        }

        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => online).OrFail("the timeout");
        Assert.Contains("SUBPROD001/test1", timeout.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_answer_never_answers_a_later_request()
    {
        await using var bench = new OperationsBench(new GatewayOperationsOptions { Attempts = 1 });
        var link = await bench.Session.OnlineAsync();
        var bind = bench.Operations.BindAsync(Meter, Secret, Ct);
        await RequestAsync(link);
        await bench.TimeoutAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => bind).OrFail("the timeout");
        link.Deliver(Topic, Answer("bind", 803));
        await DeliveredAsync(bench, link);

        var again = bench.Operations.BindAsync(Meter, Secret, Ct);
        await RequestAsync(link);
        Assert.False(again.IsCompleted);
        link.Deliver(Topic, Answer("bind", 0));
        await again.OrFail("the second bind");
    }

    [Fact]
    public async Task A_disconnect_fails_what_is_under_way_at_once()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var online = bench.Operations.OnlineAsync(Meter, Ct);
        var list = bench.Operations.DescribeAsync(Ct);
        await RequestAsync(link);
        await RequestAsync(link);
        link.Close("cut");
        await Assert.ThrowsAsync<HubOfflineException>(() => online).OrFail("the failure of online");
        await Assert.ThrowsAsync<HubOfflineException>(() => list).OrFail("the failure of the list");
        await Assert.ThrowsAsync<HubOfflineException>(() => bench.Operations.OnlineAsync(Meter, Ct));
    }

    [Fact]
    public async Task Two_callers_with_the_same_wish_share_one_request()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        using var patience = new CancellationTokenSource();
        var first = bench.Operations.OnlineAsync(Meter, patience.Token);
        var second = bench.Operations.OnlineAsync(Meter, Ct);
        await RequestAsync(link);
        await patience.CancelAsync(); // which is no reason to disappoint the other
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        link.Deliver(Topic, Answer("online", 0));
        await second.OrFail("the second");
        Assert.Equal(0, link.PublishedCount);
    }

    [Fact]
    public async Task A_bind_with_another_secret_waits_for_the_first()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var wrong = bench.Operations.BindAsync(Meter, new DeviceSecret(SessionBench.SecretText), Ct);
        await RequestAsync(link);
        var right = bench.Operations.BindAsync(Meter, Secret, Ct);
        link.Deliver(Topic, Answer("bind", 803));
        await Assert.ThrowsAsync<GatewayOperationException>(() => wrong).OrFail("the refusal");
        await RequestAsync(link);
        link.Deliver(Topic, Answer("bind", 0));
        await right.OrFail("the right one");
    }

    [Fact]
    public async Task A_bind_is_signed_now_and_with_the_given_secret()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var bind = bench.Operations.BindAsync(Meter, Secret, Ct);
        var request = await BindRequestAsync(link);
        long timestamp = request.GetProperty("timestamp").GetInt64();
        Assert.Equal(TestTime.Noon.ToUnixTimeSeconds(), timestamp);
        Assert.Equal(
            BindSignature.Compute(Meter, Secret, request.GetProperty("random").GetInt32(), timestamp, HmacMethod.HmacSha256),
            request.GetProperty("signature").GetString());
        link.Deliver(Topic, Answer("bind", 809)); // already bound to this gateway
        await bind.OrFail("the bind");
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(804, 804)]
    public async Task An_unsupported_digest_leads_to_the_other_one_once(int second, int? refused)
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var bind = bench.Operations.BindAsync(Meter, Secret, Ct);
        Assert.Equal("hmacsha256", (await BindRequestAsync(link)).GetProperty("signmethod").GetString());
        link.Deliver(Topic, Answer("bind", 804));
        Assert.Equal("hmacsha1", (await BindRequestAsync(link)).GetProperty("signmethod").GetString());
        link.Deliver(Topic, Answer("bind", second));
        if (refused is { } code) Assert.Equal(code, (await Assert.ThrowsAsync<GatewayOperationException>(() => bind)).Code);
        else await bind.OrFail("the bind");
    }

    [Theory]
    [InlineData("unbind", 0)]
    [InlineData("unbind", -1)]
    [InlineData("bind", 0)] // as an example of the documentation has it
    public async Task An_unbind_succeeds_when_the_device_is_not_bound_any_more(string type, int code)
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var unbind = bench.Operations.UnbindAsync(Meter, Ct);
        await RequestAsync(link);
        link.Deliver(Topic, Answer(type, code));
        await unbind.OrFail("the unbind");
    }

    [Theory]
    [InlineData(ChangeAcknowledgement.Documented, """{"type":"change","result":0}""")]
    [InlineData(ChangeAcknowledgement.Sdk, """{"type":"change","payload":{"status":0,"devices":[{"product_id":"P","device_name":"D","result":0}]}}""")]
    public async Task A_change_is_told_and_acknowledged(ChangeAcknowledgement form, string acknowledgement)
    {
        await using var bench = new OperationsBench(new GatewayOperationsOptions { Acknowledgement = form });
        var link = await bench.Session.OnlineAsync();
        link.Deliver(Topic, """{"type":"change","payload":{"status":0,"devices":[{"product_id":"P","device_name":"D"}]}}""");
        var change = Assert.IsType<TopologyChanged>(await NotificationAsync(bench));
        Assert.False(change.Bound);
        Assert.Equal([new DeviceIdentity("P", "D")], change.Devices);
        Assert.Equal(acknowledgement, await RequestAsync(link));
    }

    [Fact]
    public async Task Other_options_count_from_the_next_message()
    {
        await using var bench = new OperationsBench(new GatewayOperationsOptions { Acknowledgement = ChangeAcknowledgement.None });
        var link = await bench.Session.OnlineAsync();
        var asked = bench.Operations.OnlineAsync(Meter, Ct);
        await RequestAsync(link);

        bench.Operations.Apply(new GatewayOperationsOptions { Attempts = 2, BatchSize = 10 });
        link.Deliver(Topic, """{"type":"change","payload":{"status":0,"devices":[{"product_id":"P","device_name":"D"}]}}""");
        Assert.Equal("""{"type":"change","result":0}""", await RequestAsync(link));
        for (int n = 0; n < 2; n++)
        {
            await bench.TimeoutAsync(); // what is under way has its three attempts
            await RequestAsync(link);
        }

        link.Deliver(Topic, Answer("online", 0));
        await asked.OrFail("the answer");

        var next = bench.Operations.OnlineAsync(Meter, Ct);
        await RequestAsync(link);
        await bench.TimeoutAsync();
        await RequestAsync(link);
        await bench.TimeoutAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => next).OrFail("the end of two attempts");
    }

    [Fact]
    public async Task Options_that_cannot_be_are_refused_and_nothing_changes()
    {
        await using var bench = new OperationsBench(new GatewayOperationsOptions { Acknowledgement = ChangeAcknowledgement.Documented });
        var none = new GatewayOperationsOptions { Acknowledgement = ChangeAcknowledgement.None };
        Assert.Throws<ArgumentException>(() => bench.Operations.Apply(none with { BatchSize = 0 }));
        Assert.Throws<ArgumentException>(() => bench.Operations.Apply(none with { NotificationCapacity = 7 }));
        var link = await bench.Session.OnlineAsync();
        link.Deliver(Topic, """{"type":"change","payload":{"status":0,"devices":[{"product_id":"P","device_name":"D"}]}}""");
        Assert.Equal("""{"type":"change","result":0}""", await RequestAsync(link));
    }

    [Fact]
    public async Task The_other_notifications_are_told_and_acknowledged()
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        link.Deliver(Topic, """{"type":"unbind_all"}""");
        Assert.IsType<AllUnbound>(await NotificationAsync(bench));
        Assert.Equal("""{"type":"unbind_all","payload":{"result":0}}""", await RequestAsync(link));
        link.Deliver(Topic, """{"type":"search_devices","payload":{"status":1}}""");
        Assert.True(Assert.IsType<DeviceSearch>(await NotificationAsync(bench)).Start);
        Assert.Equal("""{"type":"search_devices","payload":{"status":1,"result":0}}""", await RequestAsync(link));
    }

    [Fact]
    public async Task Notifications_that_nobody_reads_become_one_that_says_so()
    {
        await using var bench = new OperationsBench(new GatewayOperationsOptions { NotificationCapacity = 2 });
        var link = await bench.Session.OnlineAsync();
        for (int n = 0; n < 3; n++) link.Deliver(Topic, """{"type":"unbind_all"}""");
        await DeliveredAsync(bench, link);
        Assert.IsType<NotificationsMissed>(await NotificationAsync(bench));
        Assert.Equal(0, bench.Operations.Notifications.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("42")]
    [InlineData("""{"type":17}""")]
    [InlineData("""{"type":"nonsense"}""")]
    [InlineData("""{"type":"online"}""")]
    [InlineData("""{"type":"online","payload":"x"}""")]
    [InlineData("""{"type":"online","payload":{"devices":{"a":1}}}""")]
    [InlineData("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""")]
    [InlineData("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1","result":"0"}]}}""")]
    [InlineData("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1","result":0.5}]}}""")]
    [InlineData("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1","result":99999999999}]}}""")]
    [InlineData("""{"type":"online","payload":{"devices":[{"product_id":"SUB/PROD","device_name":"\ud800","result":0}]}}""")]
    [InlineData("""{"type":"change","payload":{"status":2,"devices":[{"product_id":"P","device_name":"D"}]}}""")]
    [InlineData("""{"type":"change","payload":{"devices":[]}}""")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}}}}}}}""")]
    public async Task Garbage_answers_nothing_and_harms_nothing(string garbage)
    {
        await using var bench = new OperationsBench();
        var link = await bench.Session.OnlineAsync();
        var online = bench.Operations.OnlineAsync(Meter, Ct);
        await RequestAsync(link);
        link.Deliver(Topic, garbage);
        await DeliveredAsync(bench, link);
        Assert.False(online.IsCompleted);
        Assert.Equal(0, bench.Operations.Notifications.Count);
        link.Deliver(Topic, Answer("online", 0));
        await online.OrFail("online after the garbage");
    }

    private static async Task<GatewayNotification> NotificationAsync(OperationsBench bench) =>
        await bench.Operations.Notifications.ReadAsync(Ct).AsTask().OrFail("a notification");

    // Messages are heard in order: an operation that is answered after them proves that they have been.
    private static async Task DeliveredAsync(OperationsBench bench, ScriptedLink link)
    {
        var probe = new DeviceIdentity("PROBE", "probe");
        var sync = bench.Operations.OfflineAsync(probe, Ct);
        while (!(await RequestAsync(link)).Contains("PROBE", StringComparison.Ordinal))
        {
            // Acknowledgements that went before.
        }

        link.Deliver(Topic, Answer("offline", 0, probe));
        await sync.OrFail("the probe");
    }
}
