namespace BridgeFramework.Gateway;

/// <summary>The sub-devices; those that are not well first.</summary>
internal sealed record DeviceListView
{
    public required IReadOnlyList<DeviceView> Devices { get; init; }

    public static DeviceListView Of(RunningGateway gateway) => new() { Devices = DeviceView.AllOf(gateway.Gateway.Status) };
}
