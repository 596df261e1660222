using System.Security.Cryptography;
using System.Text;
using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>What is kept of one sub-device.</summary>
/// <param name="Id"><c>productId/deviceName</c>.</param>
/// <param name="Bound">Whether it was bound when the hub last spoke of it.</param>
/// <param name="Proof">What it could be bound with then, see <see cref="ProofOf"/>.</param>
internal sealed record BindingRecord(string Id, bool Bound, string Proof)
{
    private const int ProofBytes = 8; // enough to see that it is another one, and nothing to be bound with

    /// <summary>Tells apart what a sub-device is bound with, and does not give it away.</summary>
    public static string ProofOf(SubDevicePlan device) => device switch
    {
        { Secret: { } secret } => Digest("secret", secret.Reveal()),
        { CertificateFile: { } file } => Digest("certificate", file),
        { ProductSecret: { } product } => Digest("product", product.Reveal()),
        _ => "",
    };

    private static string Digest(string kind, string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{text}")).AsSpan(0, ProofBytes));
}
