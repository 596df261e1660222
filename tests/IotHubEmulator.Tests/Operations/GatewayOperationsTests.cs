using System.Security.Cryptography;
using System.Text;

namespace BridgeFramework.IotHubEmulator.Tests;

/// <summary>Requests and answers as in the captures published with the official SDKs.</summary>
public sealed class GatewayOperationsTests
{
    private const string Bind = """{"type":"bind","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1","signature":"qvAGtM/1FbGDFX3sGP6+py+lxh8=","random":121213,"timestamp":1589786839,"signmethod":"hmacsha1","authtype":"psk"}]}}""";

    [Theory]   // the lengths are those of the real capture
    [InlineData("online", "test1", 98, 102)]
    [InlineData("online", "dev1", 97, 101)]
    [InlineData("offline", "test1", 99, 103)]
    [InlineData("offline", "dev1", 98, 102)]
    [InlineData("unbind", "test1", 98, 102)]
    public async Task A_request_in_the_form_of_the_Python_SDK_gets_the_answer_of_the_capture(
        string type, string name, int requestLength, int answerLength)
    {
        await using var hub = await StartAsync(Example.Options());
        await using var gateway = await TestGateway.ConnectAsync(hub);
        string request = $$$"""{"type": "{{{type}}}", "payload": {"devices": [{"product_id": "SUBPROD001", "device_name": "{{{name}}}"}]}}""";
        Assert.Equal(requestLength, Encoding.UTF8.GetByteCount(request));
        string answer = await gateway.AskAsync(request);
        Assert.Equal($$$"""{"type":"{{{type}}}","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"{{{name}}}","result":0}]}}""", answer);
        Assert.Equal(answerLength, Encoding.UTF8.GetByteCount(answer));
    }

    [Fact]
    public async Task The_list_of_sub_devices_has_the_form_of_the_capture()
    {
        await using var hub = await StartAsync(Example.Options());
        await using var gateway = await TestGateway.ConnectAsync(hub);
        string answer = await gateway.AskAsync("""{"type": "describe_sub_devices"}""");
        Assert.Equal("""{"type":"describe_sub_devices","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"dev1"},{"product_id":"SUBPROD001","device_name":"test1"}]}}""", answer);
        Assert.Equal(154, answer.Length);
    }

    [Fact]
    public async Task A_sub_device_is_unbound_bound_and_bound_again_as_in_the_transcript()
    {
        await using var hub = await StartAsync(Example.Options());
        await using var gateway = await TestGateway.ConnectAsync(hub);
        Assert.Equal(Result("unbind", 0), await gateway.AskAsync(Request("unbind")));
        Assert.Equal(103, Result("unbind", -1).Length);
        Assert.Equal(Result("unbind", -1), await gateway.AskAsync(Request("unbind")));
        Assert.Equal(Result("online", -1), await gateway.AskAsync(Request("online")));
        Assert.Equal(Result("offline", -1), await gateway.AskAsync(Request("offline")));
        Assert.Equal("""{"type":"describe_sub_devices","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"dev1"}]}}""", await gateway.AskAsync("""{"type":"describe_sub_devices"}"""));
        Assert.Equal(Result("bind", 803), await gateway.AskAsync(Bind.Replace("qvAG", "qvAH", StringComparison.Ordinal)));
        Assert.Equal(100, Result("bind", 0).Length);
        Assert.Equal(Result("bind", 0), await gateway.AskAsync(Bind));
        Assert.Equal(Result("bind", 809), await gateway.AskAsync(Bind));
        Assert.Equal(Example.Gateway, Status(hub, Example.Test1).BoundTo);
    }

    [Fact]
    public async Task Java_puts_the_payload_first_and_is_understood()
    {
        await using var hub = await StartAsync(Example.Options());
        await using var gateway = await TestGateway.ConnectAsync(hub);
        string request = """{"payload":{"devices":[{"device_name":"test1","product_id":"SUBPROD001"}]},"type":"unbind"}""";
        Assert.Equal(91, request.Length);
        Assert.Equal(Result("unbind", 0), await gateway.AskAsync(request));
    }

    [Theory]
    [InlineData("\"hmacsha1\"", "\"hmacmd5\"", 804)]
    [InlineData("1589786839", "1589786538", 805)]
    [InlineData("1589786839", "1589787140", 805)]
    [InlineData("1589786839", "1589786540", 803)]   // in time, but not what was signed
    [InlineData("\"device_name\":\"test1\"", "\"device_name\":\"nobody\"", 802)]
    [InlineData("121213", "\"121213\"", 801)]
    [InlineData("\"authtype\":\"psk\"", "\"other\":1", 801)]
    public async Task A_bind_is_refused_with_the_code_of_the_first_check_it_fails(string part, string replaced, int result)
    {
        await using var hub = await StartAsync(Example.Options(bound: false));
        await using var gateway = await TestGateway.ConnectAsync(hub);
        Assert.Contains($"\"result\":{result}}}]", await gateway.AskAsync(Bind.Replace(part, replaced, StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Null(Status(hub, Example.Test1).BoundTo);
    }

    [Fact]
    public async Task A_sub_device_of_another_gateway_cannot_be_bound_nor_brought_online()
    {
        await using var hub = await StartAsync(Example.Options());
        await using var other = await TestGateway.ConnectAsync(hub, Example.OtherGateway);
        Assert.Equal(Result("bind", 806), await other.AskAsync(Bind));
        Assert.Equal(Result("online", -1), await other.AskAsync(Request("online")));
    }

    [Fact]
    public async Task Only_a_sub_device_can_be_bound()
    {
        await using var hub = await StartAsync(Example.Options());
        await using var gateway = await TestGateway.ConnectAsync(hub);
        byte[] digest = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Example.GatewaySecret), "GWPROD0001test02;7;1589786839"u8);
        Assert.Equal(
            """{"type":"bind","payload":{"devices":[{"product_id":"GWPROD0001","device_name":"test02","result":807}]}}""",
            await gateway.AskAsync($$$"""{"type":"bind","payload":{"devices":[{"product_id":"GWPROD0001","device_name":"test02","signature":"{{{Convert.ToBase64String(digest)}}}","random":7,"timestamp":1589786839,"signmethod":"hmacsha256","authtype":"psk"}]}}"""));
    }

    [Fact]
    public async Task Entries_are_answered_one_by_one_in_the_order_of_the_request()
    {
        await using var hub = await StartAsync(Example.Options());
        await using var gateway = await TestGateway.ConnectAsync(hub);
        string answer = await gateway.AskAsync("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1"},{"product_id":"SUBPROD001"},{"product_id":"X","device_name":"y"},7,{"product_id":"SUBPROD001","device_name":"dev1"}]}}""");
        Assert.Equal("""{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1","result":0},{"product_id":"SUBPROD001","device_name":"","result":801},{"product_id":"X","device_name":"y","result":802},{"product_id":"","device_name":"","result":801},{"product_id":"SUBPROD001","device_name":"dev1","result":0}]}}""", answer);
    }

    [Fact]
    public async Task What_is_no_request_gets_no_answer_and_is_counted()
    {
        await using var hub = await StartAsync(Example.Options());
        await using var gateway = await TestGateway.ConnectAsync(hub);
        string[] nonsense = ["", "{", "[]", "null", "{}", """{"type":7}""", """{"type":"dance"}""", """{"type":"online"}""", """{"type":"online","payload":[]}""", """{"type":"online","payload":{"devices":{}}}""", """{"type":"\ud800"}""", """{"\ud800":1,"type":"online"}"""];
        foreach (string payload in nonsense) await gateway.PublishAsync(gateway.OperationTopic, payload);
        await gateway.PublishAsync(gateway.OperationTopic, [0xFF, 0xFE, 0x00]);
        await gateway.HearsNothingElseAsync();
        Assert.Equal(nonsense.Length + 1, hub.Counters.UnintelligibleRequests);
        Assert.Equal(Result("online", 0), await gateway.AskAsync(Request("online")));
    }

    [Fact]
    public async Task Acknowledgements_of_notifications_are_taken_in_both_forms_without_an_answer()
    {
        await using var hub = await StartAsync(Example.Options());
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.PublishAsync(gateway.OperationTopic, """{"type":"change","result":0}""", qos: 0);
        await gateway.PublishAsync(gateway.OperationTopic, """{"type":"change","payload":{"status":1,"devices":[{"product_id":"P","device_name":"D","result":0}]}}""", qos: 0);
        await gateway.HearsNothingElseAsync();
        Assert.Equal(0, hub.Counters.UnintelligibleRequests);
    }

    [Fact]
    public async Task Online_is_remembered_while_the_gateway_is_away()
    {
        await using var hub = await StartAsync(Example.Options());
        var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.AskAsync(Request("online"));
        Assert.True(Status(hub, Example.Test1) is { Online: true, Connected: true });
        await gateway.DisconnectAsync();
        await gateway.DisposeAsync();
        var away = await hub.WaitForDeviceAsync(Example.Test1, device => !device.Connected, TestContext.Current.CancellationToken);
        Assert.True(away.Online);
        await using var back = await TestGateway.ConnectAsync(hub);
        Assert.True(Status(hub, Example.Test1) is { Online: true, Connected: true });
    }

    [Fact]
    public async Task Online_is_forgotten_with_the_connection_when_asked()
    {
        await using var hub = await StartAsync(Example.Options(forgetOnline: true));
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.AskAsync(Request("online"));
        await hub.DisconnectAsync(Example.Gateway);
        await hub.WaitForDeviceAsync(Example.Test1, device => !device.Online, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_answer_comes_after_the_delay_and_not_before_and_in_order()
    {
        var clock = Example.Clock();
        await using var hub = await StartAsync(Example.Options(clock, answerDelay: TimeSpan.FromSeconds(1)));
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.PublishAsync(gateway.OperationTopic, Request("online"));
        await gateway.PublishAsync(gateway.OperationTopic, Request("offline"));
        clock.Advance(TimeSpan.FromMilliseconds(999));
        await gateway.HearsNothingElseAsync();
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Result("online", 0), await gateway.HearTextAsync("the first answer"));
        Assert.Equal(Result("offline", 0), await gateway.HearTextAsync("the second answer"));
    }

    [Fact]
    public async Task An_answer_is_not_sent_to_a_later_connection()
    {
        var clock = Example.Clock();
        await using var hub = await StartAsync(Example.Options(clock, answerDelay: TimeSpan.FromSeconds(1)));
        await using var first = await TestGateway.ConnectAsync(hub);
        await first.PublishAsync(first.OperationTopic, Request("online"));
        await using var second = await TestGateway.ConnectAsync(hub);
        clock.Advance(TimeSpan.FromSeconds(2));
        await second.HearsNothingElseAsync();
        Assert.Equal(1, hub.Counters.LostAnswers);
    }

    [Fact]
    public async Task The_system_time_has_the_form_of_the_capture()
    {
        await using var hub = await StartAsync(Example.Options());
        await using var gateway = await TestGateway.ConnectAsync(hub);
        Assert.Equal(0, await gateway.SubscribeAsync("$sys/operation/result/GWPROD0001/test01", 0));
        string request = """{"type": "get", "resource": ["time"]}""";
        Assert.Equal(37, request.Length);
        await gateway.PublishAsync("$sys/operation/GWPROD0001/test01", request, qos: 0);
        string answer = await gateway.HearTextAsync("the time");
        Assert.Equal("""{"type":"get","time":1589786839,"ntptime1":1589786839000,"ntptime2":1589786839000}""", answer);
        Assert.Equal(82, answer.Length);
    }

    private static Task<HubEmulator> StartAsync(HubEmulatorOptions options) =>
        HubEmulator.StartAsync(options, TestContext.Current.CancellationToken);

    private static HubDeviceStatus Status(HubEmulator hub, HubDeviceId id) => hub.Devices.Single(device => device.Id == id);

    private static string Request(string type) => $$$"""{"type":"{{{type}}}","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""";

    private static string Result(string type, int result) => $$$"""{"type":"{{{type}}}","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1","result":{{{result}}}}]}}""";
}
