namespace BridgeFramework.Modbus;

/// <summary>Brings the driver <c>modbus</c>: a Modbus TCP master.</summary>
public sealed class ModbusPlugin : IBridgePlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDriver<ModbusDriver, ModbusChannelSettings, ModbusDeviceSettings, ModbusPoint>(
            new DriverInfo
            {
                Name = "modbus",
                Description = "Modbus TCP master: polls and writes coils and registers of the units of one line.",
                Capabilities = DriverCapabilities.LiveDevices | DriverCapabilities.Commands | DriverCapabilities.Firmware,
            },
            ModbusJson.Default.ModbusChannelSettings,
            ModbusJson.Default.ModbusDeviceSettings,
            ModbusJson.Default.ModbusPoint);
    }
}
