using BridgeFramework.Configuration;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Makes the sub-devices of a channel out of its configuration, in the driver's own types.</summary>
internal static class ChannelDevices
{
    /// <exception cref="SettingsException">Settings cannot be read; the message names the sub-device and the point.</exception>
    public static IReadOnlyList<SubDevice> Create(ChannelPlan channel, DriverRegistration driver) =>
        [.. channel.Devices.Select(device => Create(device, driver))];

    /// <inheritdoc cref="Create(ChannelPlan, DriverRegistration)"/>
    public static SubDevice Create(SubDevicePlan device, DriverRegistration driver) => new()
    {
        Id = device.Id,
        Settings = Read(() => driver.ReadDeviceSettings(device.Settings), $"settings of {device.Id}"),
        Points = [.. device.Points.Select(point => new PointDefinition
        {
            Name = point.Name,
            At = Read(() => driver.ReadPointAddress(point.At), $"'at' of point {point.Name} of {device.Id}"),
            Type = point.Type,
            Unit = point.Unit,
            Access = point.Access,
            Interval = point.Interval,
        })],
    };

    private static object Read(Func<object> read, string what)
    {
        try
        {
            return read();
        }
        catch (SettingsException exception)
        {
            throw new SettingsException(exception.Path, $"The {what} cannot be read: {exception.Message}");
        }
    }
}
