using System.Security.Cryptography;

namespace BridgeFramework.IotHub;

/// <summary>The two keyed digests the hub verifies.</summary>
public enum HmacMethod
{
    /// <summary>HMAC-SHA256, <c>hmacsha256</c> on the wire. The default.</summary>
    HmacSha256,

    /// <summary>HMAC-SHA1, <c>hmacsha1</c> on the wire, for hubs that know no other.</summary>
    HmacSha1,
}

internal static class HmacMethodWire
{
    public static string WireName(this HmacMethod method) => method == HmacMethod.HmacSha1 ? "hmacsha1" : "hmacsha256";

    public static HmacMethod Other(this HmacMethod method) =>
        method == HmacMethod.HmacSha1 ? HmacMethod.HmacSha256 : HmacMethod.HmacSha1;

    // SHA-1 is the hub's dialect, not a choice: some installations verify nothing else.
#pragma warning disable CA5350, RS0030
    public static byte[] Digest(this HmacMethod method, byte[] key, byte[] text) =>
        method == HmacMethod.HmacSha1 ? HMACSHA1.HashData(key, text) : HMACSHA256.HashData(key, text);
#pragma warning restore CA5350, RS0030
}
