using System.Net;
using System.Text;
using CsCheck;

namespace BridgeFramework.IotHub.Tests;

public sealed class DynamicRegistrationTests : IDisposable
{
    private const string SecretText = "hzvf5LF9S0isvBhDSauWMaIk";
    private const string KeyPayload = "s6FB3a1BA/YYbcmSE12XpeDVmQNDcf1QgVD141RRbmmAnFwQfp1ECAu5O016mCOvYlJJ6V59yM4OqQSiWphfTg==";
    private static readonly ProductSecret Secret = new(SecretText);
    private static readonly DeviceIdentity Gateway = new("GWPROD0001", "test01");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iothub-register");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_request_is_signed_as_the_vector_says()
    {
        byte[] body = RegistrationRequest.Body(Gateway);
        Assert.Equal("""{"ProductId":"GWPROD0001","DeviceName":"test01"}""", Encoding.UTF8.GetString(body));
        Assert.Equal("eHpO8xaASoez4hQjT/9rJdDZsEg93VP1FXdAFYRX0K8=", RegistrationRequest.Sign(
            DynamicRegistration.CloudEndpoint, body, Secret, 1700000000, 5456));
    }

    // The first is of the vendor's documentation.
    [Theory]
    [InlineData(KeyPayload, "lDZ6Uqt+I9E0wW7rvDUs7Q==")]
    [InlineData("s6FB3a1BA/YYbcmSE12XpVGKB464kWlzk2e4J3nqvoZkV2EjqQJRuJ6g1jLqqsL70ZE2G7WODfU2Jesy0bgMGw==", "AAECAwQFBgcICQoLDA0ODw==")]
    public async Task An_answer_is_decrypted_to_the_device_secret(string payload, string secret)
    {
        using var hub = new ScriptedHttp(_ => (HttpStatusCode.OK, Answer(53, payload)));
        var registered = await hub.Registration.RegisterAsync(Gateway, Secret, Ct);
        Assert.Equal(new DeviceSecret(secret), registered.Secret);
        Assert.DoesNotContain(secret, registered.ToString(), StringComparison.Ordinal);
        string file = Path.Combine(_folder.FullName, "gateway");
        SecretFile.Write(file, registered.Secret!); // it is a key device
        Assert.Equal(secret, await File.ReadAllTextAsync(file, Ct));
    }

    [Fact]
    public async Task The_request_carries_what_the_hub_verifies()
    {
        HttpRequestMessage? seen = null;
        using var hub = new ScriptedHttp(request =>
        {
            seen = request;
            return (HttpStatusCode.OK, Answer(53, KeyPayload));
        });
        await hub.Registration.RegisterAsync(Gateway, Secret, Ct);
        Assert.NotNull(seen);
        string nonce = seen.Headers.GetValues("X-TC-Nonce").Single();
        Assert.Equal("hmacsha256", seen.Headers.GetValues("X-TC-Algorithm").Single());
        Assert.Equal($"{TestTime.Noon.ToUnixTimeSeconds()}", seen.Headers.GetValues("X-TC-Timestamp").Single());
        Assert.Equal("application/json; charset=utf-8", seen.Content?.Headers.ContentType?.ToString());
        Assert.Equal(
            RegistrationRequest.Sign(ScriptedHttp.Endpoint, RegistrationRequest.Body(Gateway), Secret, TestTime.Noon.ToUnixTimeSeconds(),
                int.Parse(nonce, null)),
            seen.Headers.GetValues("X-TC-Signature").Single());
    }

    [Fact]
    public async Task A_certificate_device_gets_two_files_of_its_own()
    {
        string json = """{"encryptionType":1,"clientCert":"CERT","clientKey":"KEY"}""";
        using var hub = new ScriptedHttp(_ => (HttpStatusCode.OK, Answer(json.Length, Encrypt(json))));
        var registered = await hub.Registration.RegisterAsync(Gateway, Secret, Ct);
        var pair = registered.StoreCertificate(Path.Combine(_folder.FullName, "c.pem"), Path.Combine(_folder.FullName, "k.pem"));
        Assert.Equal(
            ("CERT", "KEY"), (await File.ReadAllTextAsync(pair.CertificateFile, Ct), await File.ReadAllTextAsync(pair.PrivateKeyFile, Ct)));
    }

    [Theory]
    [InlineData(200, """{"Response":{"Error":{"Code":"AuthFailure","Message":"signature"},"RequestId":"r"}}""", "AuthFailure", false)]
    [InlineData(200, """{"Response":{"Error":{"Code":"InternalError.X","Message":"later"}}}""", "InternalError.X", true)]
    [InlineData(502, "<html>bad gateway</html>", null, true)]
    [InlineData(404, "", null, false)]
    [InlineData(200, "null", null, false)]
    [InlineData(200, """{"Response":{"Len":53}}""", null, false)]
    [InlineData(200, """{"Response":{"Len":5000,"Payload":"AAAAAAAAAAAAAAAAAAAAAA=="}}""", null, false)]
    [InlineData(200, """{"Response":{"Len":-1,"Payload":"AAAAAAAAAAAAAAAAAAAAAA=="}}""", null, false)]
    [InlineData(200, """{"Response":{"Len":3,"Payload":"AAAA"}}""", null, false)]
    [InlineData(200, """{"Response":{"Len":16,"Payload":"AAAAAAAAAAAAAAAAAAAAAA=="}}""", null, false)]
    [InlineData(200, """{"Response":{"Len":"53","Payload":7}}""", null, false)]
    public async Task A_refusal_or_a_useless_answer_names_the_device_and_the_remedy(
        int status, string content, string? code, bool transient)
    {
        using var hub = new ScriptedHttp(_ => ((HttpStatusCode)status, content));
        var refusal = await Assert.ThrowsAsync<DynamicRegistrationException>(() => hub.Registration.RegisterAsync(Gateway, Secret, Ct));
        Assert.Equal((code, transient), (refusal.Code, refusal.IsTransient));
        Assert.Contains("GWPROD0001/test01", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretText, refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_answer_is_given_up()
    {
        using var hub = new ScriptedHttp(_ => (HttpStatusCode.OK, new string('x', 70_000)));
        var refusal = await Assert.ThrowsAsync<DynamicRegistrationException>(() => hub.Registration.RegisterAsync(Gateway, Secret, Ct));
        Assert.Contains("more than 65536 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_service_may_be_tried_again()
    {
        using var hub = new ScriptedHttp(_ => throw new HttpRequestException("connection refused"));
        Assert.True((await Assert.ThrowsAsync<DynamicRegistrationException>(() => hub.Registration.RegisterAsync(Gateway, Secret, Ct)))
            .IsTransient);
    }

    [Fact]
    public void No_answer_makes_the_reader_throw() => Gen.Select(Gen.Byte.Array[0, 96], Gen.Int).Sample((bytes, length) =>
    {
        RegistrationAnswer.TryOpen(new RegistrationResponse(length % 100, Convert.ToBase64String(bytes), "r", null), Secret, out _, out _);
    });

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Answer(int length, string payload) => $$$"""{"Response":{"Len":{{{length}}},"Payload":"{{{payload}}}","RequestId":"r"}}""";

    private static string Encrypt(string json)
    {
        byte[] plain = new byte[(json.Length + 15) / 16 * 16];
        Encoding.ASCII.GetBytes(json, plain);
        using var aes = System.Security.Cryptography.Aes.Create();
        aes.Key = Secret.CipherKey();
        return Convert.ToBase64String(aes.EncryptCbc(plain, "0000000000000000"u8, System.Security.Cryptography.PaddingMode.None));
    }

    private sealed class ScriptedHttp : IDisposable
    {
        public static readonly Uri Endpoint = new("http://hub.example/device/register");
        private readonly HttpClient _client;

        public ScriptedHttp(Func<HttpRequestMessage, (HttpStatusCode, string)> answer)
        {
            _client = new HttpClient(new Handler(answer), disposeHandler: true);
            Registration = new DynamicRegistration(_client, new TestTime(), Endpoint);
        }

        public DynamicRegistration Registration { get; }

        public void Dispose() => _client.Dispose();

        private sealed class Handler(Func<HttpRequestMessage, (HttpStatusCode Status, string Content)> answer) : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                var (status, content) = answer(request);
                return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(content) });
            }
        }
    }
}
