using System.Text.Json.Serialization;

namespace BridgeFramework.Modbus;

/// <summary>Reads the settings of this driver.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(CamelCaseEnum<BitWrite>), typeof(CamelCaseEnum<LineTransport>), typeof(CamelCaseEnum<PointType>),
        typeof(CamelCaseEnum<Table>), typeof(CamelCaseEnum<TextEncoding>), typeof(CamelCaseEnum<WriteFunction>),
    ])]
[JsonSerializable(typeof(ModbusChannelSettings))]
[JsonSerializable(typeof(ModbusDeviceSettings))]
[JsonSerializable(typeof(ModbusPoint))]
internal sealed partial class ModbusJson : JsonSerializerContext;
