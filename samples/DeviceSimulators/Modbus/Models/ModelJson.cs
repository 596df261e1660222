using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.DeviceSimulators;

// Optional members of the models have setters: for init-only ones the generated code passes default(T) and their
// initializers are lost.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModbusModel))]
internal sealed partial class ModelJson : JsonSerializerContext;
