using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BridgeFramework.Runtime.Tests;

public sealed class ImageRequestTests
{
    [Fact]
    public async Task An_https_server_that_nobody_vouches_for_is_sent_nothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        var serving = ServeAsync();
        using var client = ImageRequest.CreateClient(FirmwareBench.Origins);

        var url = new Uri($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/fw.bin?sign=secret");
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => Step.Of("the request ends", async ct =>
        {
            var (response, _, _) = await new ImageRequest(client, FirmwareBench.Origins).SendAsync(url, 0, 1000, ct);
            response.Dispose();
        }));

        Assert.Equal(HttpRequestError.SecureConnectionError, refusal.HttpRequestError);
        Assert.Equal(0, await Step.Of("the server is done", _ => serving));

        async Task<int> ServeAsync()
        {
            using var connection = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            await using var stream = connection.GetStream();
            await using var tls = new SslStream(stream);
            try
            {
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = certificate }, TestContext.Current.CancellationToken);
                return await tls.ReadAsync(new byte[1], TestContext.Current.CancellationToken);
            }
            catch (Exception exception) when (exception is IOException or AuthenticationException)
            {
                return 0;
            }
        }
    }
}
