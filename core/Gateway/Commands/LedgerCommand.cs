using System.CommandLine;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge ledger</c>: what became of every sample that was reported.</summary>
internal static class LedgerCommand
{
    public static Command Create(ConfigurationOptions options) =>
        new Command("ledger",
            "Shows what became of every sample: acknowledged, pending, filtered or dropped; what was dropped comes first.").Asking(
            options,
            (client, _, cancellationToken) => client.GetAsync("ledger", AdminJson.Default.LedgerView, cancellationToken),
            PrintedLedger.Of);
}
