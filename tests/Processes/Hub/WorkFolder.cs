using System.Text.Json;

namespace BridgeFramework.Processes;

/// <summary>The folder that a hub and a gateway run on, with the files that every such pair needs.</summary>
/// <param name="path">The folder; exists.</param>
public sealed class WorkFolder(string path)
{
    /// <summary>The gateway's identity, as the hub writes it.</summary>
    public const string Gateway = $"{ProductId}/{DeviceName}";

    private const string ProductId = "GWPROD0001";
    private const string DeviceName = "test01";
    /// <summary>The secret of the gateway.</summary>
    public const string GatewaySecret = "AAECAwQFBgcICQoLDA0ODw==";
    private const string SubDeviceSecret = "EBESExQVFhcYGRobHB0eHw==";

    // So many that no repetition comes too late to be compared.
    private const int SamplesKept = 1_000_000;

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The emulator's configuration.</summary>
    public string EmulatorFile => In("emulator.json");

    /// <summary>A path in the folder.</summary>
    /// <param name="name">What the folder holds.</param>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file of JSON.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">An object whose members are its members.</param>
    public void Write(string name, object content) => File.WriteAllText(In(name), JsonSerializer.Serialize(content));

    /// <summary>Writes the emulator's configuration: the gateway, and sub-devices that are bound to it.</summary>
    /// <param name="subDevices">Their identities, <c>productId/deviceName</c>.</param>
    public void WriteEmulator(IEnumerable<string> subDevices) => Write("emulator.json", new
    {
        mqttPort = 0,
        httpPort = 0,
        uplinkSamplesKept = SamplesKept,
        devices = new object[] { new { productId = ProductId, deviceName = DeviceName, deviceSecret = GatewaySecret, kind = "gateway" } }
            .Concat(subDevices.Select(id => id.Split('/')).Select(id => (object)new
            {
                productId = id[0],
                deviceName = id[1],
                deviceSecret = SubDeviceSecret,
                kind = "subDevice",
                boundTo = Gateway,
            })),
    });

    /// <summary>Writes who the gateway is, as the official SDKs do.</summary>
    public void WriteDeviceInfo() => Write("device_info.json", new
    {
        auth_mode = "KEY",
        productId = ProductId,
        productSecret = "",
        deviceName = DeviceName,
        key_deviceinfo = new { deviceSecret = GatewaySecret },
        region = "china",
    });

    /// <summary>Removes the folder with all that is in it.</summary>
    public void Delete() => Directory.Delete(Path, recursive: true);
}
