namespace BridgeFramework.Modbus;

/// <summary>What is remembered of a unit's last transfer, so that one that broke off goes on. Forgotten when the channel ends.</summary>
/// <remarks>The window does not say which image a unit is receiving; only who announced it knows.</remarks>
internal sealed class TransferMemory
{
    private ReadOnlyMemory<byte> _announced;
    private ReadOnlyMemory<byte> _started;

    /// <summary>Whether this image was the last one announced, and the unit took the announcement.</summary>
    public bool IsAnnounced(IFirmwareImage image) => Same(_announced, image);

    /// <summary>Whether the unit was told to start this image, and nothing else since.</summary>
    public bool IsStarted(IFirmwareImage image) => Same(_started, image);

    public void Announced(IFirmwareImage image) => (_announced, _started) = (image.Sha256.ToArray(), default);

    public void Started(IFirmwareImage image) => (_announced, _started) = (default, image.Sha256.ToArray());

    public void Forget() => (_announced, _started) = (default, default);

    private static bool Same(ReadOnlyMemory<byte> digest, IFirmwareImage image) =>
        !digest.IsEmpty && digest.Span.SequenceEqual(image.Sha256.Span);
}
