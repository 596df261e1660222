namespace BridgeFramework.IotHub;

/// <summary>How a gateway proves who it is: <see cref="KeyCredentials"/> or <see cref="CertificateCredentials"/>.</summary>
public abstract record HubCredentials
{
    private protected HubCredentials()
    {
    }
}

/// <summary>A key device: the password is signed with the device secret.</summary>
public sealed record KeyCredentials : HubCredentials
{
    /// <summary>The gateway's own secret.</summary>
    public required DeviceSecret Secret { get; init; }

    /// <summary>Digest of the password; both are accepted by the hub.</summary>
    public HmacMethod Method { get; init; } = HmacMethod.HmacSha256;
}

/// <summary>A certificate device: mutual TLS with a PEM pair from the console.</summary>
public sealed record CertificateCredentials : HubCredentials
{
    /// <summary>Path of the device certificate, PEM.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>Path of the private key, PEM, not encrypted.</summary>
    public required string PrivateKeyFile { get; init; }
}

/// <summary>Reads the credentials of the gateway; called before every connection attempt, so that a rotated
/// secret heals by itself.</summary>
/// <param name="cancellationToken">Cancelled when the session stops or the attempt has taken too long.</param>
/// <returns>The credentials as they are now. A throw counts as a failed attempt and is retried.</returns>
public delegate ValueTask<HubCredentials> HubCredentialSource(CancellationToken cancellationToken);
