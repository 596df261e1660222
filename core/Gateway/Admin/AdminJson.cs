using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>Enums as their names, beginning with a small letter.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>The JSON of the socket, which is what <c>--json</c> prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(CamelCaseEnum<GatewayHealth>), typeof(CamelCaseEnum<HubSessionState>), typeof(CamelCaseEnum<HubFaultKind>),
            typeof(CamelCaseEnum<ChannelState>), typeof(CamelCaseEnum<PluginState>),
        typeof(CamelCaseEnum<Presence>), typeof(CamelCaseEnum<CloudState>), typeof(CamelCaseEnum<ManualOverride>),
            typeof(CamelCaseEnum<CommandReach>), typeof(CamelCaseEnum<PointAccess>), typeof(CamelCaseEnum<VariantKind>),
        typeof(CamelCaseEnum<UpdatePhase>), typeof(CamelCaseEnum<FirmwareStage>), typeof(CamelCaseEnum<FirmwareResultCode>),
        typeof(CamelCaseEnum<ConfigurationState>), typeof(CamelCaseEnum<PlanOutcome>), typeof(CamelCaseEnum<PlanRefusal>),
            typeof(CamelCaseEnum<PlanChange>), typeof(CamelCaseEnum<TakesEffect>), typeof(SubDeviceIdJson),
    ])]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(DeviceListView))]
[JsonSerializable(typeof(DeviceDetailView))]
[JsonSerializable(typeof(HubListView))]
[JsonSerializable(typeof(LedgerView))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(PluginListView))]
[JsonSerializable(typeof(PluginManifestView))]
[JsonSerializable(typeof(FirmwareListView))]
[JsonSerializable(typeof(FirmwareUpdateView))]
[JsonSerializable(typeof(ConfigurationView))]
[JsonSerializable(typeof(ConfigurationTextView))]
[JsonSerializable(typeof(PlanReviewView))]
[JsonSerializable(typeof(AdminError))]
internal sealed partial class AdminJson : JsonSerializerContext;
