using System.Security.Cryptography.X509Certificates;

namespace BridgeFramework.IotHub;

/// <summary>Makes one connection: reads the credentials, signs, connects, all within the connect timeout.</summary>
internal sealed class HubDialer(HubSessionOptions options, IHubTransport transport, HubTime time)
{
    /// <param name="received">Called for each message by the reading thread; must not block.</param>
    /// <param name="stopping">Ends the attempt.</param>
    /// <exception cref="HubConnectException">The connection did not come about, with the reason.</exception>
    public async Task<IHubLink> ConnectAsync(Action<string, int, ReadOnlyMemory<byte>> received, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            var credentials = await ReadCredentialsAsync(either.Token).ConfigureAwait(false);
            using var certificate = Certificate(credentials);
            var request = new HubConnectRequest(
                options.EffectiveEndpoint,
                options.Gateway.ClientId,
                Sign(credentials),
                certificate,
                time.GetUtcNow(),
                options.KeepAlive,
                options.ConnectTimeout * 3 / 4, // what is left is for TLS and CONNACK
                options.MaxPacketLength,
                received);
            return await transport.ConnectAsync(request, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested && deadline.IsCancellationRequested)
        {
            throw new HubConnectException(
                HubFaultKind.Unreachable,
                $"Hub {options.EffectiveEndpoint} not reachable: no complete connection within {options.ConnectTimeout.TotalSeconds:0.#} "
                    + "s.",
                e);
        }
    }

    private async Task<HubCredentials> ReadCredentialsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await options.Credentials(cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException("there are none");
        }
        catch (DynamicRegistrationException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubConnectException(e.IsTransient ? HubFaultKind.Unreachable : HubFaultKind.CredentialsUnavailable, e.Message, e);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubConnectException(
                HubFaultKind.CredentialsUnavailable, $"The credentials of {options.Gateway} cannot be read: {e.Message}", e);
        }
    }

    private ConnectCredentials Sign(HubCredentials credentials)
    {
        long expiry = time.IsTrusted ? time.GetUtcNow().AddHours(1).ToUnixTimeSeconds() : ConnectCredentials.NeverExpires;
        string connectionId = ConnectCredentials.NewConnectionId();
        return credentials is KeyCredentials key
            ? ConnectCredentials.Sign(options.Gateway, key.Secret, connectionId, expiry, key.Method)
            : ConnectCredentials.WithoutPassword(options.Gateway, connectionId, expiry);
    }

    private static X509Certificate2? Certificate(HubCredentials credentials)
    {
        if (credentials is not CertificateCredentials pair) return null;
        try
        {
            return X509Certificate2.CreateFromPem(PemFiles.Read(pair.CertificateFile), PemFiles.Read(pair.PrivateKeyFile));
        }
        catch (Exception e)
        {
            throw new HubConnectException(
                HubFaultKind.CredentialsUnavailable, $"Certificate '{pair.CertificateFile}' with its key cannot be read: {e.Message}", e);
        }
    }
}
