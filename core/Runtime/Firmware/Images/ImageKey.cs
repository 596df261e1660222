namespace BridgeFramework.Runtime;

/// <summary>Which bytes an image has: the identity under which they are fetched and kept once, however many
/// sub-devices want them.</summary>
/// <param name="Md5">32 lowercase hex digits.</param>
/// <param name="Size">Bytes, 1 or more.</param>
internal readonly record struct ImageKey(string Md5, long Size)
{
    /// <summary>The name of its files: made of the digest, of nothing else that the cloud says.</summary>
    public string FileName => $"{Md5}-{Size}";
}
