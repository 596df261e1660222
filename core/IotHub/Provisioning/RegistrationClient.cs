using BridgeFramework.Network;

namespace BridgeFramework.IotHub;

/// <summary>Makes the client that talks to the registration service. It trusts whom the session trusts.</summary>
internal static class RegistrationClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <param name="service">Where the service is; its scheme says whether TLS is spoken.</param>
    /// <param name="hub">How certificates are judged; null for what the system trusts.</param>
    /// <param name="now">The time at which a certificate must be valid.</param>
    /// <exception cref="HubConnectException">The CA file cannot be read or holds no certificate.</exception>
    public static HttpClient Create(Uri service, HubEndpoint? hub, DateTimeOffset now)
    {
        var endpoint = (hub ?? new HubEndpoint { Host = "" }) with { Host = service.IdnHost };
#pragma warning disable IDISP001, IDISP004 // The client owns its handlers.
        var trust = TlsTrust.Load(endpoint, now);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = HttpConnect.ConnectAsync,
            SslOptions = trust.Options(),
            AllowAutoRedirect = false, // the signature is for this service
        };
        return new HttpClient(new Judged(trust, handler)) { Timeout = Patience };
#pragma warning restore IDISP001, IDISP004
    }

    /// <summary>Says why a certificate is not trusted, which the platform does not.</summary>
    private sealed class Judged(TlsTrust trust, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException e) when (trust.Objection is { } objection)
            {
                throw new DynamicRegistrationException(
                    $"Registration at {request.RequestUri}: {objection.Reason}. To do: {objection.Remedy}.",
                    isTransient: false,
                    innerException: e);
            }
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
#pragma warning disable IDISP007 // handed over
            if (disposing) trust.Dispose();
#pragma warning restore IDISP007
        }
    }
}
