using System.Security.Cryptography;
using System.Text;

namespace BridgeFramework.IotHub;

/// <summary>How the certificate of a sub-device becomes the key of its bind signature. The documentation and
/// an official SDK differ.</summary>
public enum CertificateDigest
{
    /// <summary>SHA-1 of the file, as the documentation says. The default.</summary>
    Sha1,

    /// <summary>MD5 of the file, as the official C SDK does.</summary>
    Md5,
}

/// <summary>The certificate of a certificate sub-device, as proof for a bind.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, gateway sub-device topology, binding; official C SDK for the MD5 form.</remarks>
public sealed class BindCertificate : IEquatable<BindCertificate>
{
    /// <summary>Bytes that a certificate file may have.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly string _digest;

    /// <summary>Takes the certificate.</summary>
    /// <param name="file">The bytes of the certificate file as the console gave it, PEM, at most 64 KiB.</param>
    /// <param name="digest">Which digest of them is the key.</param>
    /// <exception cref="ArgumentException">No bytes, or too many.</exception>
    public BindCertificate(ReadOnlySpan<byte> file, CertificateDigest digest = CertificateDigest.Sha1)
    {
        if (file.Length is 0 or > MaxLength)
            throw new ArgumentException($"A certificate has 1 to {MaxLength} bytes, this one has {file.Length}.", nameof(file));
        // The hub's dialect, not a choice.
#pragma warning disable CA5350, CA5351, RS0030
        _digest = Convert.ToHexStringLower(digest == CertificateDigest.Md5 ? MD5.HashData(file) : SHA1.HashData(file));
#pragma warning restore CA5350, CA5351, RS0030
    }

    /// <inheritdoc/>
    public bool Equals(BindCertificate? other) => other is not null && _digest.Equals(other._digest, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BindCertificate);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_digest);

    /// <summary>Always <c>***</c>: the digest is all it takes to bind the device.</summary>
    public override string ToString() => "***";

    /// <summary>The hex text of the digest.</summary>
    internal byte[] Key() => Encoding.ASCII.GetBytes(_digest);
}
