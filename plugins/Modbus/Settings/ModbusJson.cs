using System.Text.Json.Serialization;

namespace BridgeFramework.Modbus;

/// <summary>Reads the settings of this driver.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModbusChannelSettings))]
[JsonSerializable(typeof(ModbusDeviceSettings))]
[JsonSerializable(typeof(ModbusPoint))]
internal sealed partial class ModbusJson : JsonSerializerContext;
