namespace BridgeFramework.Configuration;

/// <summary>A setting of the gateway itself that has another value.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Effect">When the new value is in force.</param>
public sealed record GatewayChange(SettingChange Setting, TakesEffect Effect)
{
    // What is not known here may be read once, when the gateway starts.
    private static readonly (string Path, TakesEffect Effect)[] Known =
    [
        ("deviceInfo.gateway", TakesEffect.AtRestart),
        ("deviceInfo.subDevices", TakesEffect.AtOnce),
        ("deviceInfo", TakesEffect.WithNewConnection),
        ("firmware", TakesEffect.AtOnce),
        ("hub.changeAcknowledgement", TakesEffect.AtOnce),
        ("hub.maxPresenceChanges", TakesEffect.AtOnce),
        ("hub.maxSubscriptions", TakesEffect.AtOnce),
        ("hub.operationBatch", TakesEffect.AtOnce),
        ("hub.pairingWindow", TakesEffect.AtOnce),
        ("hub.publishBurst", TakesEffect.AtOnce),
        ("hub.publishRate", TakesEffect.AtOnce),
        ("hub.rebind", TakesEffect.AtOnce),
        ("hub.unbindRemoved", TakesEffect.AtOnce),
        ("hub", TakesEffect.WithNewConnection),
        ("reload", TakesEffect.AtOnce),
        ("uplink.storage", TakesEffect.AtRestart),
        ("uplink", TakesEffect.AtOnce),
    ];

    internal static IReadOnlyList<GatewayChange> Between(GatewayPlan from, GatewayPlan to) =>
        [.. SettingChange.Between(ValuesOf(from), ValuesOf(to)).Select(setting => new GatewayChange(setting, EffectOf(setting.Path)))];

    private static TakesEffect EffectOf(string path)
    {
        foreach (var (known, effect) in Known)
            if ($"{path}.".StartsWith($"{known}.", StringComparison.Ordinal)) return effect;
        return TakesEffect.AtRestart;
    }

    /// <summary>What a product says is in each of its sub-devices, and compared there.</summary>
    private static Dictionary<string, PlanValue> ValuesOf(GatewayPlan plan)
    {
        var values = PlanValues.Of(
            plan, path: "", nameof(GatewayPlan.Products), nameof(GatewayPlan.Channels), nameof(GatewayPlan.DeviceInfo));
        var info = plan.DeviceInfo;
        // The authority to trust is one of the hub's settings, and the product's secret is read when it is needed.
        foreach (var (path, value) in PlanValues.Of(
            info, "deviceInfo", nameof(info.CaFile), nameof(info.ProductSecret), nameof(info.Notes), nameof(info.SubDevices)))
            values.Add(path, value);
        foreach (var (identity, secret) in info.SubDevices)
            values[$"deviceInfo.subDevices.{identity}"] = secret is null ? new PlanValue("listed") : PlanValue.Hidden(secret);
        return values;
    }
}
