namespace BridgeFramework.Gateway;

/// <summary>The last firmware update of each device that had one; those under way first.</summary>
internal sealed record FirmwareListView
{
    public required FirmwareCountsView Counts { get; init; }

    /// <summary>Bytes of the images that are kept.</summary>
    public required long ImageBytes { get; init; }
    public required IReadOnlyList<FirmwareUpdateView> Updates { get; init; }

    public static FirmwareListView Of(RunningGateway gateway)
    {
        var (firmware, now) = (gateway.Gateway.Firmware, gateway.Time.GetUtcNow());
        var updates = firmware.Status;
        return new FirmwareListView
        {
            Counts = FirmwareCountsView.Of(updates),
            ImageBytes = firmware.ImageBytes,
            Updates = [.. updates.Select(update => FirmwareUpdateView.Of(update, now))],
        };
    }
}
