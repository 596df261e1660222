using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class LegacyRegistrationTests
{
    private const string Secret = "hzvf5LF9S0isvBhDSauWMaIk";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_signature_is_that_of_the_vector() => Assert.Equal(
        "Nzc0NWNhMjY2ZGI3ODc0OGZjOTMzOTgwMTNmMDcxZTY1NzNlM2Q4OQ==",
        LegacyRegistration.Sign(Secret, new HubDeviceId("GWPROD0001", "test01"), timestamp: 1700000000, nonce: 5456));

    [Fact]
    public async Task A_device_gets_its_secret_until_it_has_connected()
    {
        await using var hub = await StartAsync();

        var answer = await AskAsync(hub, Example.Gateway, Secret);

        Assert.Equal(["code", "message", "len", "payload"], answer.Select(member => member.Key), StringComparer.Ordinal);
        Assert.Equal((0, "", 53), ((int?)answer["code"], (string?)answer["message"], (int?)answer["len"]));
        Assert.Equal(
            RegistrationService.Encrypt(Secret, $$"""{"encryptionType":2,"psk":"{{Example.GatewaySecret}}"}"""), (string?)answer["payload"]);
        await using (await TestGateway.ConnectAsync(hub)) { }
        Assert.StartsWith(
            "UnsupportedOperation.DeviceActivated: ", ReasonOf(await AskAsync(hub, Example.Gateway, Secret)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GWPROD0001", "test01", "anotherSecretOfTheSameLen", 0, "AuthFailure.SignatureFailure")]
    [InlineData("GWPROD0001", "test01", Secret, 301, "AuthFailure.SignatureExpire")]
    [InlineData("GWPROD0001", "test01", Secret, -9_000_000_000_000_000_000, "AuthFailure.SignatureExpire")]
    [InlineData("SUBPROD001", "test1", Secret, 0, "ResourceNotFound.ProductNotExist")]
    [InlineData("GWPROD0001", "nobody", Secret, 0, "ResourceNotFound.DeviceNotExist")]
    public async Task What_is_wrong_is_refused_with_a_reason(string product, string device, string secret, long late, string code)
    {
        await using var hub = await StartAsync();

        var answer = await AskAsync(hub, new HubDeviceId(product, device), secret, late);

        Assert.StartsWith($"{code}: ", ReasonOf(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"deviceName":"test01","productId":"GWPROD0001"}""")]
    [InlineData("""{"deviceName":"test01","nonce":1,"productId":"GWPROD0001","timestamp":9e99,"signature":""}""")]
    public async Task What_is_no_request_is_refused(string body)
    {
        await using var hub = await StartAsync();

        Assert.StartsWith("InvalidParameter: ", ReasonOf(await AskAsync(hub, body)), StringComparison.Ordinal);
    }

    private static Task<HubEmulator> StartAsync() => HubEmulator.StartAsync(
        new HubEmulatorOptions
        {
            TimeProvider = Example.Clock(),
            Devices = Example.Devices(null, null),
            ProductSecrets = new Dictionary<string, string>(StringComparer.Ordinal) { ["GWPROD0001"] = Secret },
        },
        Ct);

    private static Task<JsonObject> AskAsync(HubEmulator hub, HubDeviceId id, string secret, long late = 0)
    {
        long timestamp = Example.Now.ToUnixTimeSeconds() - late;
        return AskAsync(hub, $$"""
            {"deviceName":"{{id.DeviceName}}","nonce":5456,"productId":"{{id.ProductId}}","timestamp":{{timestamp}},"signature":"{{LegacyRegistration.Sign(secret, id, timestamp, 5456)}}"}
            """);
    }

    private static async Task<JsonObject> AskAsync(HubEmulator hub, string body)
    {
        using var http = new HttpClient();
        // As the C SDK says it, although it is JSON.
        using var content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await http.PostAsync(new Uri(hub.ConsoleUrl, "/register/dev"), content, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!.AsObject(); // an answer is JSON
    }

    private static string? ReasonOf(JsonObject answer)
    {
        Assert.Equal(1, (int?)answer["code"]);
        return (string?)answer["message"];
    }
}
