using System.Text.Json;

namespace BridgeFramework.Processes;

/// <summary>What the gateway says of the samples of one sub-device.</summary>
public sealed record LedgerEntry(long Reported, long Acknowledged, long Pending, long Filtered, IReadOnlyDictionary<string, long> Dropped)
{
    /// <summary>What was given up, for whatever reason.</summary>
    public long DroppedInAll => Dropped.Values.Sum();

    /// <summary>Whether it says of everything what became of it.</summary>
    public bool IsBalanced => Reported == Acknowledged + Pending + Filtered + DroppedInAll;

    /// <inheritdoc/>
    public override string ToString() =>
        $"reported {Reported}, acknowledged {Acknowledged}, pending {Pending}, filtered {Filtered}, dropped "
            + $"{(Dropped.Count == 0 ? "0" : string.Join(' ', Dropped.Select(drop => $"{drop.Key} {drop.Value}")))}";
}

/// <summary>Asks the gateway that runs with <c>bridge ledger --json</c>.</summary>
public static class LedgerReader
{
    private static readonly string[] IdNames = ["id", "subDevice", "device", "name"];

    /// <summary>Asks once.</summary>
    /// <param name="bridge">The program.</param>
    /// <param name="folder">The folder with the gateway's configuration; takes the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The sub-devices, or why there are none.</returns>
    public static async Task<(IReadOnlyDictionary<string, LedgerEntry>? Entries, string Fault)> ReadAsync(
        string bridge, string folder, CancellationToken cancellationToken)
    {
        await using var process = ChildProcess.Start(
            "ledger", folder, [bridge, "ledger", "--json", "--config", folder], keepsOutput: true);
        var (code, output) = await process.ResultAsync(cancellationToken);
        if (code != 0) return (null, $"'bridge ledger --json' ended with {code}: {string.Join(' ', process.LastWords.Take(3))}");
        try
        {
            using var document = JsonDocument.Parse(output);
            var entries = new SortedDictionary<string, LedgerEntry>(StringComparer.Ordinal);
            Collect(document.RootElement, name: null, entries);
            return entries.Count > 0 ? (entries, "") : (null, $"'bridge ledger --json' names no sub-device: {output}");
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return (null, $"'bridge ledger --json' cannot be read ({exception.Message}): {output}");
        }
    }

    /// <summary>Takes every object with 'reported' that is a sub-device's, whether they are in a list or by name.</summary>
    private static void Collect(JsonElement element, string? name, SortedDictionary<string, LedgerEntry> entries)
    {
        if (element.ValueKind is JsonValueKind.Array)
        {
            for (int i = 0; i < element.GetArrayLength(); i++) Collect(element[i], name: null, entries);
            return;
        }

        if (element.ValueKind is not JsonValueKind.Object) return;
        if (element.TryGetProperty("reported", out var reported))
        {
            foreach (string member in IdNames)
                if (element.TryGetProperty(member, out var id) && id.ValueKind is JsonValueKind.String) name = id.GetString();
            // The total has no identity.
            if (name?.Contains('/', StringComparison.Ordinal) is true) entries[name] = Entry(element, reported.GetInt64());
            return;
        }

        List<JsonProperty> members = [.. element.EnumerateObject()];
        foreach (var member in members) Collect(member.Value, member.Name, entries);
    }

    private static LedgerEntry Entry(JsonElement element, long reported)
    {
        var dropped = new Dictionary<string, long>(StringComparer.Ordinal);
        if (element.TryGetProperty("dropped", out var drops))
        {
            List<JsonProperty> reasons = [.. drops.EnumerateObject()];
            foreach (var reason in reasons) dropped[reason.Name] = reason.Value.GetInt64();
        }

        return new LedgerEntry(
            reported, element.GetProperty("acknowledged").GetInt64(), element.GetProperty("pending").GetInt64(),
                element.GetProperty("filtered").GetInt64(),
            dropped.Where(drop => drop.Value != 0).ToDictionary(StringComparer.Ordinal));
    }
}
