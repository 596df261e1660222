using System.CommandLine;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge device …</c>: the sub-devices of the running gateway, seen and ordered about.</summary>
internal static class DeviceCommands
{
    public static Command Create(ConfigurationOptions options) =>
        new("device", "Shows the sub-devices of the running gateway, and takes orders for them.")
    {
        List(options),
        Show(options),
        Order(options, "online", "Brings a sub-device online; where its channel does not see it, it is held there."),
        Order(options, "offline", "Takes a sub-device offline and holds it there until it is ordered online or the gateway restarts."),
        Order(options, "bind", "Binds a sub-device to the gateway with its secret."),
        Order(options, "unbind", "Unbinds a sub-device from the gateway; it is not bound again by itself."),
    };

    private static Command List(ConfigurationOptions options) =>
        new Command("list", "Lists the sub-devices; those that are not as they should be first.").Asking(
            options,
            (client, _, cancellationToken) => client.GetAsync("devices", AdminJson.Default.DeviceListView, cancellationToken),
            PrintedDevices.List);

    private static Command Show(ConfigurationOptions options)
    {
        var id = AdminCommand.DeviceArgument();
        return new Command("show", "Shows one sub-device with its points.") { id }.Asking(
            options,
            (client, parsed, cancellationToken) =>
                client.GetAsync("device" + AdminCommand.Query(parsed, id), AdminJson.Default.DeviceDetailView, cancellationToken),
            PrintedDevices.Detail);
    }

    private static Command Order(ConfigurationOptions options, string order, string description) =>
        AdminCommand.Order(options, "device", order, description, AdminCommand.DeviceArgument());
}
