using System.CommandLine;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge hub …</c>: what the hub knows of the running gateway.</summary>
internal static class HubCommands
{
    public static Command Create(ConfigurationOptions options) => new("hub", "Asks the hub about the running gateway.")
    {
        new Command("list", "Lists what the hub says is bound to the gateway beside what is configured; differences first.").Asking(
            options,
            (client, _, cancellationToken) => client.GetAsync("hub/devices", AdminJson.Default.HubListView, cancellationToken),
            PrintedHubList.Of),
    };
}
