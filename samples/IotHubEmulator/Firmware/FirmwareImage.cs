using System.Security.Cryptography;

namespace BridgeFramework.IotHubEmulator;

/// <summary>A firmware image that was uploaded for the devices of a product.</summary>
public sealed class FirmwareImage
{
    /// <summary>The most bytes one image may have.</summary>
    public const int MaxSize = 64 * 1024 * 1024;

    internal const int MaxVersionLength = 32;

    internal FirmwareImage(string productId, string version, byte[] content)
    {
        (ProductId, Version, Content) = (productId, version, content);
#pragma warning disable CA5351 // The hub's protocol names the MD5 of an image.
        Md5 = Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351
    }

    /// <summary>The product whose devices may get it.</summary>
    public string ProductId { get; }

    /// <summary>1 to 32 characters of <c>A-Z a-z 0-9 . _ -</c>.</summary>
    public string Version { get; }

    /// <summary>In bytes, 1 to <see cref="MaxSize"/>.</summary>
    public int Size => Content.Length;

    /// <summary>32 lowercase hex digits.</summary>
    public string Md5 { get; }

    internal byte[] Content { get; }

    internal string FileName => FileNameOf(ProductId, Version);

    // Unique: a product id holds no underscore.
    internal static string FileNameOf(string productId, string version) => $"{productId}_{version}.bin";

    internal static bool IsVersion(string text) =>
        text.Length is >= 1 and <= MaxVersionLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
