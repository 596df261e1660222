using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BridgeFramework.Configuration.Tests;

/// <summary>Settings that would show the gateway's password to somebody else than the hub.</summary>
public sealed class HubSecrecyTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{ "verifyHostName": false }""", "bridge.json:1:30")]
    [InlineData("""{ "host": "127.0.0.1", "verifyHostName": false }""", "bridge.json:1:51")]
    [InlineData("""{ "host": "127.0.0.1", "tls": false, "verifyHostName": false }""", "bridge.json:1:65")] // registration goes over https
    public void Any_name_under_any_authority_is_a_mistake(string hub, string place)
    {
        Lines.AreEqual(
            [
                place + ": hub.verifyHostName: without the host name and without 'caFile' whoever has any certificate of a public "
                    + "authority passes for the hub, and is given the gateway's password: set 'caFile' to the root certificate of the "
                    + "hub, or 'verifyHostName' to true.",
            ],
            Mistakes(hub));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Any_name_under_the_hubs_own_authority_is_fine(bool inDeviceInfo)
    {
        WriteAuthority("root.pem");
        if (inDeviceInfo)
            File.WriteAllText(
                _folder.In("device_info.json"),
                """
                { "productId": "P", "deviceName": "D", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" },
                  "cert_deviceinfo": { "devCaFile": "root.pem" } }
                """);

        Assert.Empty(Mistakes($$"""{ "verifyHostName": false{{(inDeviceInfo ? "" : """, "caFile": "root.pem" """)}} }"""));
    }

    [Theory]
    [InlineData("""{ "host": "10.0.0.7", "tls": false }""", "bridge.json:1:39", "10.0.0.7")]
    [InlineData("""{ "tls": false }""", "bridge.json:1:19", "GWPROD0001.iotcloud.tencentdevices.com")]
    public void A_hub_that_is_not_on_this_machine_in_the_clear_is_a_warning(string hub, string place, string host)
    {
        Lines.AreEqual(
            [
                $"{place}: warning: hub.tls: whoever is on the way to \"{host}\" can read and change everything that goes there, and take "
                    + "the gateway's password: set 'tls' to true.",
            ],
            Mistakes(hub));
    }

    [Fact]
    public void A_registration_that_is_not_on_this_machine_in_the_clear_is_a_warning() =>
        Lines.AreEqual(
            [
                "bridge.json:1:31: warning: hub.registrationUrl: whoever is on the way to \"hub.example\" can read and change the answers, "
                    + "in which nothing but the product secret protects the secrets of devices: write https.",
            ],
            Mistakes("""{ "registrationUrl": "http://hub.example/device/register" }"""));

    [Theory]
    [InlineData("""{ "host": "127.0.0.1", "tls": false }""")]
    [InlineData("""{ "host": "::1", "tls": false }""")]
    [InlineData("""{ "host": "localhost", "tls": false }""")]
    [InlineData("""{ "registrationUrl": "https://hub.example/device/register" }""")]
    [InlineData("""{ "registrationUrl": "http://127.0.0.1:1234/device/register" }""")]
    [InlineData("""{ "registrationUrl": "http://[::1]:1234/device/register" }""")]
    [InlineData("""{ "registrationUrl": "http://localhost/device/register" }""")]
    public void What_stays_on_this_machine_or_is_encrypted_is_fine(string hub) => Assert.Empty(Mistakes(hub));

    private IEnumerable<string> Mistakes(string hub) =>
        _folder.Load($$"""{ "hub": {{hub}} }""").Mistakes.Select(mistake => mistake.ToString());

    private void WriteAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=root", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(_folder.In(name), certificate.ExportCertificatePem());
    }
}
