using System.Security.Cryptography.X509Certificates;
using System.Text;
using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>The registration service over TLS: it is trusted as the session trusts the hub.</summary>
public sealed class RegistrationTrustTests : IDisposable
{
    private const string Answer = """
        {"Response":{"Len":53,"Payload":"s6FB3a1BA/YYbcmSE12XpVGKB464kWlzk2e4J3nqvoZkV2EjqQJRuJ6g1jLqqsL70ZE2G7WODfU2Jesy0bgMGw==","RequestId":"r"}}
        """;

    private static readonly ProductSecret Secret = new("hzvf5LF9S0isvBhDSauWMaIk");
    private static readonly DeviceIdentity Device = new("GWPROD0001", "test01");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iothub-tests");
    private readonly X509Certificate2 _authority = TestCertificates.Authority("right");
    private readonly X509Certificate2 _stranger = TestCertificates.Authority("stranger");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost", "right", true, null)]
    [InlineData("other.example", "right", false, null)]
    [InlineData("other.example", "right", true, "for other.example is not for host 'localhost'")]
    [InlineData("localhost", "stranger", true, "ca.pem' holds the root of the hub's certificate.")]
    [InlineData("localhost", "stranger", false, "ca.pem' holds the root of the hub's certificate.")]
    [InlineData("localhost", null, true, "To do: set 'caFile' to the root certificate of the hub.")]
    public async Task A_secret_is_taken_from_whom_the_session_would_trust(
        string name, string? authority, bool verifyName, string? objection)
    {
        using var certificate = TestCertificates.Issue(_authority, name);
        using var service = new HubOfBytes(certificate);
        var hub = new HubEndpoint { Host = "hub.example", CaFile = CaFile(authority), VerifyHostName = verifyName };
        var registrar = new DeviceRegistrar(
            _folder.FullName, TimeProvider.System, new Uri($"https://localhost:{service.Port}/device/register"), hub: hub);
        var answering = AnswerAsync(service);

        if (objection is null)
        {
            Assert.IsType<KeyCredentials>(await registrar.ObtainAsync(Device, Secret, Ct).OrFail("the registration"));
            return;
        }

        var refused = await Assert.ThrowsAsync<DynamicRegistrationException>(() => registrar.ObtainAsync(Device, Secret, Ct))
            .OrFail("the refusal");
        Assert.Contains(objection, refused.Message, StringComparison.Ordinal);
        Assert.False(await answering, "the request was sent");
    }

    [Fact]
    public async Task An_authority_that_is_none_is_named()
    {
        var hub = new HubEndpoint { Host = "hub.example", CaFile = Path.Combine(_folder.FullName, "none.pem") };
        var registrar = new DeviceRegistrar(_folder.FullName, TimeProvider.System, new Uri("https://localhost:1/"), hub: hub);

        var refused = await Assert.ThrowsAsync<DynamicRegistrationException>(() => registrar.ObtainAsync(Device, Secret, Ct));

        Assert.Contains("none.pem' cannot be read", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <returns>Whether there was a request to answer.</returns>
    private static async Task<bool> AnswerAsync(HubOfBytes service)
    {
        try
        {
            await using var connection = await service.AcceptAsync();
            string answer = $"HTTP/1.1 200 OK\r\nContent-Length: {Answer.Length}\r\nConnection: close\r\n\r\n{Answer}";
            await connection.WriteAsync(Encoding.ASCII.GetBytes(answer), Ct);
            return true;
        }
        catch (Exception)
        {
            return false; // the client did not like the certificate
        }
    }

    private string? CaFile(string? authority)
    {
        if (authority is null) return null;
        string file = Path.Combine(_folder.FullName, "ca.pem");
        File.WriteAllText(file, (authority == "right" ? _authority : _stranger).ExportCertificatePem());
        return file;
    }
}
