using System.CommandLine;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge firmware …</c>: the firmware updates that the hub has ordered, seen, let begin, ended and tried again.</summary>
internal static class FirmwareCommands
{
    public static Command Create(ConfigurationOptions options) =>
        new("firmware", "Shows the firmware updates of the running gateway's devices, and takes orders for them.")
    {
        List(options),
        Show(options),
        Order(options, "approve", "Lets an update begin that is held for approval."),
        Order(options, "cancel", "Ends an update; the hub hears that it failed."),
        Order(options, "retry", "Tries an update once more that has failed."),
    };

    private static Command List(ConfigurationOptions options) =>
        new Command("list", "Lists the last update of each device; those under way first.").Asking(
            options,
            (client, _, cancellationToken) => client.GetAsync("firmware", AdminJson.Default.FirmwareListView, cancellationToken),
            PrintedUpdates.List);

    private static Command Show(ConfigurationOptions options)
    {
        var id = IdArgument();
        return new Command("show", "Shows the last update of one device.") { id }.Asking(
            options,
            (client, parsed, cancellationToken) => client.GetAsync(
                "firmware/update" + AdminCommand.Query(parsed, id), AdminJson.Default.FirmwareUpdateView, cancellationToken),
            PrintedUpdates.Detail);
    }

    private static Command Order(ConfigurationOptions options, string order, string description) =>
        AdminCommand.Order(options, "firmware", order, description, IdArgument());

    private static Argument<string> IdArgument() =>
        new("ID") { Description = "The sub-device, or the gateway itself: productId/deviceName." };
}
