using BridgeFramework.Configuration;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>One sub-device with what the configuration says of it.</summary>
internal sealed record DeviceDetailView
{
    public required DeviceView Device { get; init; }
    public string? Driver { get; init; }
    public string? DeviceType { get; init; }

    /// <summary>The firmware that it runs; absent if its driver has not said.</summary>
    public string? FirmwareVersion { get; init; }

    /// <summary>Its last firmware update; absent if it never had one.</summary>
    public FirmwareUpdateView? Update { get; init; }

    /// <summary>Whether there is a secret to bind it with. The secret itself never leaves the gateway.</summary>
    public required bool CanBind { get; init; }
    public required IReadOnlyList<PointView> Points { get; init; }

    /// <param name="gateway">The gateway.</param>
    /// <param name="written">The sub-device that somebody wrote: one of the configuration, or one that leaves.</param>
    /// <exception cref="UnknownSubDeviceException">There is none.</exception>
    public static DeviceDetailView Of(RunningGateway gateway, string written)
    {
        var status = gateway.Gateway.Status;
        var known = status.SubDevices.FirstOrDefault(
                device => device.IsLeaving && string.Equals(device.Id.ToString(), written, StringComparison.Ordinal))
            ?? Find(status, gateway.Gateway.Orders.Find(written));
        var id = known.Id;
        var channel = gateway.Plan.Channels.FirstOrDefault(channel => channel.Devices.Any(device => device.Id == id));
        var configured = channel?.Devices.First(device => device.Id == id);
        return new DeviceDetailView
        {
            Device = DeviceView.Of(status, known),
            Driver = channel?.Driver,
            DeviceType = configured?.DeviceType,
            FirmwareVersion = known.FirmwareVersion,
            Update = gateway.Gateway.Firmware.Status.FirstOrDefault(update => update.Id == id) is { } update
                ? FirmwareUpdateView.Of(update, gateway.Time.GetUtcNow()) : null,
            CanBind = gateway.Gateway.Orders.CanBind(id),
            Points = [.. (configured?.Points ?? []).Select(PointView.Of)],
        };
    }

    private static SubDeviceStatus Find(GatewayStatus status, SubDeviceId id) => status.SubDevices.First(device => device.Id == id);
}

/// <summary>One point of a sub-device, as configured.</summary>
internal sealed record PointView
{
    public required string Name { get; init; }
    public VariantKind? Type { get; init; }
    public string? Unit { get; init; }
    public required PointAccess Access { get; init; }

    /// <summary>How often it is wanted, as the configuration writes durations: <c>250ms</c>, <c>1s</c>.</summary>
    public required string Interval { get; init; }

    public static PointView Of(PointPlan point) => new()
    {
        Name = point.Name,
        Type = point.Type,
        Unit = point.Unit,
        Access = point.Access,
        Interval = DurationJsonConverter.Format(point.Interval),
    };
}
