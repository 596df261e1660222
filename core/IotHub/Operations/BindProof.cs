namespace BridgeFramework.IotHub;

/// <summary>What a bind is signed with, and how that is named to the hub.</summary>
internal readonly record struct BindProof(byte[] Key, string AuthType)
{
    public static BindProof Of(DeviceSecret secret) => new(secret.TextBytes(), "psk");

    public static BindProof Of(BindCertificate certificate) => new(certificate.Key(), "certificate");

    /// <summary>Never the key.</summary>
    public override string ToString() => AuthType;
}
