using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class ConsoleTests
{
    private const string Online = """{"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Devices_messages_and_transcript_are_told_over_HTTP()
    {
        await using var hub = await StartAsync();
        using var http = new HttpClient { BaseAddress = hub.ConsoleUrl };
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.AskAsync(Online);
        await gateway.PublishAsync("SUBPROD001/test1/data", "text");
        await gateway.PublishAsync("SUBPROD001/dev1/data", [0xFF]);

        var devices = await http.GetFromJsonAsync<JsonElement>("/api/devices", Ct);
        Assert.Equal("""{"productId":"SUBPROD001","deviceName":"test1","kind":"subDevice","boundTo":"GWPROD0001/test01","online":true,"connected":true,"firmwareVersion":null}""", devices[3].GetRawText());

        var messages = await http.GetFromJsonAsync<JsonElement>("/api/messages", Ct);
        Assert.Equal(2, messages.GetArrayLength());
        Assert.Equal("text", messages[0].GetProperty("text").GetString());
        Assert.Equal("/w==", messages[1].GetProperty("base64").GetString());
        Assert.Equal(1, (await http.GetFromJsonAsync<JsonElement>("/api/messages?since=1", Ct)).GetArrayLength());
        var last = await http.GetFromJsonAsync<JsonElement>("/api/messages?last=1", Ct);
        Assert.Equal((1, 2), (last.GetArrayLength(), last[0].GetProperty("sequence").GetInt64()));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(http.GetAsync("/api/transcript?last=-1", Ct)));
        Assert.Equal(
            1, (await http.GetFromJsonAsync<JsonElement>("/api/messages?productId=SUBPROD001&deviceName=test1", Ct)).GetArrayLength());
        Assert.Equal(0, (await http.GetFromJsonAsync<JsonElement>("/api/messages?productId=SUBPROD", Ct)).GetArrayLength());

        string transcript = await http.GetStringAsync("/api/transcript", Ct);
        Assert.Contains("\"packet\":\"CONNECT\"", transcript, StringComparison.Ordinal);
        Assert.DoesNotContain("hmacsha256", transcript, StringComparison.Ordinal);
        Assert.Contains("<!doctype html>", await http.GetStringAsync("/", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_can_read_the_payloads_and_no_browser_takes_them_for_a_page()
    {
        await using var hub = await StartAsync();
        using var http = new HttpClient { BaseAddress = hub.ConsoleUrl };
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await gateway.PublishAsync("SUBPROD001/test1/data", """{"seq":1,"who's":"<b>é</b>"}""");
        foreach (string url in new[] { "/api/messages", "/api/transcript" })
        {
            using var response = await http.GetAsync(url, Ct);
            Assert.Contains("""{\"seq\":1,\"who's\":\"<b>é</b>\"}""", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task A_message_is_sent_to_a_sub_device_or_the_reason_why_not_is_told()
    {
        await using var hub = await StartAsync();
        using var http = new HttpClient { BaseAddress = hub.ConsoleUrl };
        await ExpectAsync(http, "/api/devices/SUBPROD001/nobody/messages", HttpStatusCode.NotFound, "unknownDevice");
        await ExpectAsync(
            http, "/api/devices/SUBPROD001/test1/messages", HttpStatusCode.Conflict, "its gateway GWPROD0001/test01 is not connected");
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await ExpectAsync(http, "/api/devices/SUBPROD001/test1/messages", HttpStatusCode.Conflict, "is offline");
        await gateway.AskAsync(Online);
        await ExpectAsync(http, "/api/devices/SUBPROD001/test1/messages", HttpStatusCode.Conflict, "nobody is subscribed");
        await ExpectAsync(http, "/api/devices/SUBPROD001/test1/messages?suffix=%23", HttpStatusCode.BadRequest, "wildcards");

        Assert.Equal(1, await gateway.SubscribeAsync("SUBPROD001/test1/control", 1));
        await ExpectAsync(http, "/api/devices/SUBPROD001/test1/messages", HttpStatusCode.OK, "SUBPROD001/test1/control");
        var (topic, payload, qos, _) = await gateway.HearAsync("the message");
        Assert.Equal(("SUBPROD001/test1/control", "hello", 1), (topic, Encoding.UTF8.GetString(payload), qos));
    }

    [Fact]
    public async Task The_console_binds_unbinds_and_searches_and_the_gateway_is_told()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        await hub.UnbindAsync(Example.Gateway, Example.Test1);
        Assert.Equal("""{"type":"change","payload":{"status":0,"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""", await gateway.HearTextAsync("change"));
        using var http = new HttpClient { BaseAddress = hub.ConsoleUrl };
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(
            http.PutAsync("/api/devices/GWPROD0001/test01/subDevices/SUBPROD001/test1", content: null, Ct)));
        Assert.Equal("""{"type":"change","payload":{"status":1,"devices":[{"product_id":"SUBPROD001","device_name":"test1"}]}}""", await gateway.HearTextAsync("change"));
        await hub.SearchDevicesAsync(Example.Gateway, start: true);
        Assert.Equal("""{"type":"search_devices","payload":{"status":1}}""", await gateway.HearTextAsync("search_devices"));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(http.DeleteAsync("/api/devices/GWPROD0001/test01/subDevices", Ct)));
        Assert.Equal("""{"type":"unbind_all"}""", await gateway.HearTextAsync("unbind_all"));
        Assert.DoesNotContain(hub.Devices, device => device.BoundTo is not null);
        await Assert.ThrowsAsync<HubRefusedException>(() => hub.UnbindAsync(Example.Gateway, Example.Test1));
    }

    [Fact]
    public async Task Faults_are_injected_over_HTTP_and_mistakes_are_refused()
    {
        await using var hub = await StartAsync();
        using var http = new HttpClient { BaseAddress = hub.ConsoleUrl };
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync("""{"kind":"delayAnswer","times":3,"delaySeconds":0.5,"operation":"bind","gateway":"GWPROD0001/test01"}"""));
        var expected = new HubFault
        {
            Kind = HubFaultKind.DelayAnswer,
            Times = 3,
            Delay = TimeSpan.FromSeconds(0.5),
            Operation = "bind",
            Gateway = Example.Gateway,
        };
        Assert.Equal(expected, Assert.Single(hub.Faults));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("""{"kind":"nonsense"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("""{"kind":"garbage","times":0}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("""{"kind":"garbage","colour":1}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("{"));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(http.DeleteAsync("/api/faults", Ct)));
        Assert.Empty(hub.Faults);

        async Task<HttpStatusCode> PostAsync(string body)
        {
            using var content = new StringContent(body);
            return await StatusAsync(http.PostAsync("/api/faults", content, Ct));
        }
    }

    [Fact]
    public async Task Firmware_is_uploaded_and_a_device_upgraded_over_HTTP()
    {
        await using var hub = await StartAsync();
        using var http = new HttpClient { BaseAddress = hub.ConsoleUrl };
        using var image = new ByteArrayContent(new byte[100_000]);
        using var uploaded = await http.PostAsync("/api/firmware?productId=SUBPROD001&version=1.0.0", image, Ct);
        Assert.Equal(HttpStatusCode.OK, uploaded.StatusCode);
        var view = await uploaded.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal((100_000, "1.0.0"), (view.GetProperty("size").GetInt32(), view.GetProperty("version").GetString()));
        // the line above read it
        Assert.Equal(new byte[100_000], await http.GetByteArrayAsync(new Uri(view.GetProperty("url").GetString()!), Ct));
        await ExpectAsync(http, "/api/firmware?productId=SUBPROD001&version=1.0.0", HttpStatusCode.Conflict, "already");
        await ExpectAsync(http, "/api/firmware?productId=SUBPROD001", HttpStatusCode.BadRequest, "is no version");

        await ExpectAsync(http, "/api/firmware/tasks", HttpStatusCode.NotFound, "SUBPROD001/nobody", """{"productId":"SUBPROD001","deviceName":"nobody","version":"1.0.0"}""");
        await ExpectAsync(http, "/api/firmware/tasks", HttpStatusCode.Conflict, "upload it first", """{"productId":"SUBPROD001","deviceName":"test1","version":"2"}""");
        await ExpectAsync(http, "/api/firmware/tasks", HttpStatusCode.BadRequest, "version", """{"productId":"SUBPROD001","deviceName":"test1"}""");
        await ExpectAsync(http, "/api/firmware/tasks", HttpStatusCode.OK, "\"state\":\"waiting\"", """{"productId":"SUBPROD001","deviceName":"test1","version":"1.0.0"}""");
        Assert.Contains("\"pushes\":0", await http.GetStringAsync("/api/firmware/tasks", Ct), StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.NoContent, await StatusAsync(http.PostAsync("/api/firmware/tasks/SUBPROD001/test1/push", content: null, Ct)));
        Assert.Contains("\"pushes\":1", await http.GetStringAsync("/api/firmware/tasks", Ct), StringComparison.Ordinal);

        await ExpectAsync(http, "/api/firmware/faults", HttpStatusCode.NoContent, "", """{"kind":"cut","bytes":5,"times":2}""");
        Assert.Equal(new DownloadFault { Kind = DownloadFaultKind.Cut, Bytes = 5, Times = 2 }, Assert.Single(hub.DownloadFaults));
        Assert.Contains("\"cut\"", await http.GetStringAsync("/api/firmware/faults", Ct), StringComparison.Ordinal);
        await ExpectAsync(http, "/api/firmware/faults", HttpStatusCode.NoContent, "", """{"kind":"slow"}""");
        Assert.Equal(new DownloadFault { Kind = DownloadFaultKind.Slow }, hub.DownloadFaults[1]);
        await ExpectAsync(http, "/api/firmware/faults", HttpStatusCode.BadRequest, "bytes", """{"kind":"slow","bytes":0}""");
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(http.DeleteAsync("/api/firmware/faults", Ct)));
        Assert.Empty(hub.DownloadFaults);
    }

    [Fact]
    public async Task A_message_to_come_is_waited_for()
    {
        await using var hub = await StartAsync();
        await using var gateway = await TestGateway.ConnectAsync(hub);
        var waiting = hub.WaitForMessageAsync(message => message.Text is "second", Ct);
        await gateway.PublishAsync("SUBPROD001/test1/data", "first");
        Assert.False(waiting.IsCompleted);
        await gateway.PublishAsync("SUBPROD001/test1/data", "second");
        Assert.Equal(2, (await waiting).Sequence);
    }

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> request)
    {
#pragma warning disable IDISP007 // The request is made for this call.
        using var response = await request;
#pragma warning restore IDISP007
        return response.StatusCode;
    }

    private static Task<HubEmulator> StartAsync() => HubEmulator.StartAsync(Example.Options(), Ct);

    private static async Task ExpectAsync(HttpClient http, string url, HttpStatusCode status, string inBody, string body = "hello")
    {
        using var content = new StringContent(body);
        using var response = await http.PostAsync(url, content, Ct);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(inBody, await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }
}
