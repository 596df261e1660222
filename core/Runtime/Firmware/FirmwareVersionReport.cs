using System.Text;
using System.Text.Json;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>The message that tells the hub which firmware a sub-device runs.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, firmware update of devices over MQTT.</remarks>
internal static class FirmwareVersionReport
{
    public static HubPublish Of(SubDeviceId device, string version) => new()
    {
        Topic = $"$ota/report/{device}",
        Payload = Encoding.UTF8.GetBytes($$$"""{"type":"report_version","report":{"version":"{{{JsonEncodedText.Encode(version)}}}"}}"""),
        Qos = 1,
        Priority = PublishPriority.FirmwareState,
    };
}
