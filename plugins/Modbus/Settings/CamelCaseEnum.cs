using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.Modbus;

/// <summary>Writes an enum as its name in camel case; numbers are not taken.</summary>
internal sealed class CamelCaseEnum<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where TEnum : struct, Enum;
