using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class RegistrationTests
{
    private const string Secret = "hzvf5LF9S0isvBhDSauWMaIk";
    private const string Body = """{"ProductId":"GWPROD0001","DeviceName":"test01"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_signature_is_that_of_the_vector() => Assert.Equal(
        "eHpO8xaASoez4hQjT/9rJdDZsEg93VP1FXdAFYRX0K8=",
        RegistrationService.Sign(
            Secret, "ap-guangzhou.gateway.tencentdevices.com", "/device/register", "1700000000", "5456", Encoding.UTF8.GetBytes(Body)));

    [Theory]
    [InlineData("""{"encryptionType":2,"psk":"lDZ6Uqt+I9E0wW7rvDUs7Q=="}""", "s6FB3a1BA/YYbcmSE12XpeDVmQNDcf1QgVD141RRbmmAnFwQfp1ECAu5O016mCOvYlJJ6V59yM4OqQSiWphfTg==")]
    [InlineData("""{"encryptionType":2,"psk":"AAECAwQFBgcICQoLDA0ODw=="}""", "s6FB3a1BA/YYbcmSE12XpVGKB464kWlzk2e4J3nqvoZkV2EjqQJRuJ6g1jLqqsL70ZE2G7WODfU2Jesy0bgMGw==")]
    public void The_answer_is_encrypted_as_in_the_vectors(string text, string payload) =>
        Assert.Equal(payload, RegistrationService.Encrypt(Secret, text));

    [Fact]
    public async Task A_device_gets_its_secret_until_it_has_connected()
    {
        await using var hub = await StartAsync();
        var answer = await AskAsync(hub, Body, Secret);
        Assert.Equal(RegistrationService.Encrypt(Secret, $$"""{"encryptionType":2,"psk":"{{Example.GatewaySecret}}"}"""), answer["Payload"]?.GetValue<string>());
        Assert.Equal(53, answer["Len"]?.GetValue<int>());

        await using (await TestGateway.ConnectAsync(hub)) { }
        Assert.Equal("UnsupportedOperation.DeviceActivated", CodeOf(await AskAsync(hub, Body, Secret)));
    }

    [Theory]
    [InlineData(Body, "anotherSecretOfTheSameLen", 0, "AuthFailure.SignatureFailure")]
    [InlineData(Body, Secret, 301, "AuthFailure.SignatureExpire")]
    [InlineData("""{"ProductId":"SUBPROD001","DeviceName":"test1"}""", Secret, 0, "ResourceNotFound.ProductNotExist")]
    [InlineData("""{"ProductId":"GWPROD0001","DeviceName":"nobody"}""", Secret, 0, "ResourceNotFound.DeviceNotExist")]
    [InlineData("""{"ProductId":"GWPROD0001"}""", Secret, 0, "InvalidParameter")]
    [InlineData("[]", Secret, 0, "InvalidParameter")]
    [InlineData("", Secret, 0, "InvalidParameter")]
    public async Task What_is_wrong_is_refused_with_a_code(string body, string secret, int late, string code)
    {
        await using var hub = await StartAsync();
        Assert.Equal(code, CodeOf(await AskAsync(hub, body, secret, late)));
    }

    private static Task<HubEmulator> StartAsync() => HubEmulator.StartAsync(
        new HubEmulatorOptions
        {
            TimeProvider = Example.Clock(),
            Devices = Example.Devices(null, null),
            ProductSecrets = new Dictionary<string, string>(StringComparer.Ordinal) { ["GWPROD0001"] = Secret },
        },
        Ct);

    private static async Task<JsonNode> AskAsync(HubEmulator hub, string body, string secret, int late = 0)
    {
        using var http = new HttpClient();
        var address = new Uri(hub.ConsoleUrl, "/device/register");
        string timestamp = (Example.Now.ToUnixTimeSeconds() - late).ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body) };
        request.Headers.Add("X-TC-Algorithm", "hmacsha256");
        request.Headers.Add("X-TC-Timestamp", timestamp);
        request.Headers.Add("X-TC-Nonce", "5456");
        request.Headers.Add("X-TC-Signature", RegistrationService.Sign(
            secret, address.Host, address.AbsolutePath, timestamp, "5456", Encoding.UTF8.GetBytes(body)));
        using var response = await http.SendAsync(request, Ct);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))?["Response"];
        Assert.Equal(answer?["Error"] is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotNull(answer?["RequestId"]);
        return answer;
    }

    private static string? CodeOf(JsonNode answer) => answer["Error"]?["Code"]?.GetValue<string>();
}
