using System.CommandLine;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge status</c>: how the running gateway is; what is not well comes first.</summary>
internal static class StatusCommand
{
    public static Command Create(ConfigurationOptions options) =>
        new Command("status",
            "Shows how the running gateway is. Exit code: 0 all is well, 1 something is not, 2 not connected or not running.").Asking(
            options,
            (client, _, cancellationToken) => client.GetAsync("status", AdminJson.Default.StatusView, cancellationToken),
            PrintedStatus.Of,
            status => (int)status.State);
}
