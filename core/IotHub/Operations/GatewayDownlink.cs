using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>One result for one device.</summary>
internal readonly record struct GatewayResult(DeviceIdentity Device, int Code);

/// <summary>What came on the result topic, understood: an answer, a list or a notification.</summary>
internal abstract record GatewayDownlink
{
    private const int MaxDepth = 16;

    private GatewayDownlink()
    {
    }

    /// <param name="Kind">Whose answer it says it is.</param>
    /// <param name="Results">Every entry that could be read.</param>
    /// <param name="Unreadable">How many could not.</param>
    public sealed record Answer(GatewayOperationKind Kind, IReadOnlyList<GatewayResult> Results, int Unreadable) : GatewayDownlink;

    public sealed record List(IReadOnlyList<DeviceIdentity> Devices, int Unreadable, bool IsGiven) : GatewayDownlink;

    public sealed record Notified(GatewayNotification Notification) : GatewayDownlink;

    /// <summary>Reads a payload; never throws, whatever the bytes are.</summary>
    /// <param name="payload">As received: hostile.</param>
    /// <param name="downlink">What it says, when the method returns true.</param>
    /// <param name="problem">Why it says nothing, when it returns false.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out GatewayDownlink? downlink, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = MaxDepth });
            (downlink, problem) = Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not valid UTF-8 or UTF-16, found only when it is read.
            (downlink, problem) = (null, "not the JSON we know" + JsonMembers.PlaceOf(e));
        }

        if (downlink is null) problem ??= "not understood";
        return downlink is not null;
    }

    private static (GatewayDownlink?, string?) Read(JsonElement root)
    {
        if ((root.Doubled() ?? root.Member("payload")?.Doubled()) is { } doubled) return (null, $"'{doubled}' is there twice");
        if (root.Text("type") is not { } type) return (null, "there is no text 'type'");
        if (root.Member("payload") is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
            return (null, "'payload' is no object");
        if (root.Member("payload") is { } payload
            && payload.Member("devices") is { ValueKind: not (JsonValueKind.Array or JsonValueKind.Null) })
            return (null, "'devices' is no array");
        switch (type)
        {
            case "online": return (ReadAnswer(GatewayOperationKind.Online, root), null);
            case "offline": return (ReadAnswer(GatewayOperationKind.Offline, root), null);
            case "bind": return (ReadAnswer(GatewayOperationKind.Bind, root), null);
            case "unbind": return (ReadAnswer(GatewayOperationKind.Unbind, root), null);
            case "describe_sub_devices":
                var bound = DevicesOf(root, out int unreadable);
                bool isGiven = root.Member("payload")?.Member("devices") is { ValueKind: JsonValueKind.Array };
                return (new List(bound, unreadable, isGiven), null);
            case "change":
                if (Status(root) is not (0 or 1)) return (null, "a change without status 0 or 1");
                var changed = DevicesOf(root, out int lost);
                if (changed.Count == 0) return (null, $"a change without a readable device ({lost} unreadable)");
                return (new Notified(new TopologyChanged(Status(root) == 1, changed)), null);
            case "unbind_all": return (new Notified(new AllUnbound()), null);
            case "search_devices":
                if (Status(root) is not (0 or 1)) return (null, "a search without status 0 or 1");
                return (new Notified(new DeviceSearch(Status(root) == 1)), null);
            default: return (null, $"unknown type '{(type.Length > 40 ? type[..40] + "…" : type)}'");
        }
    }

    private static Answer ReadAnswer(GatewayOperationKind kind, JsonElement root)
    {
        var results = new List<GatewayResult>();
        int unreadable = 0;
        foreach (var entry in Entries(root))
        {
            if (DeviceOf(entry) is { } device && entry.Whole("result") is { } code and >= int.MinValue and <= int.MaxValue)
                results.Add(new GatewayResult(device, (int)code));
            else unreadable++;
        }

        return new Answer(kind, results, unreadable);
    }

    // Each device once, in the order of the list.
    private static List<DeviceIdentity> DevicesOf(JsonElement root, out int unreadable)
    {
        var seen = new HashSet<DeviceIdentity>();
        var devices = new List<DeviceIdentity>();
        unreadable = 0;
        foreach (var entry in Entries(root))
        {
            if (DeviceOf(entry) is not { } device) unreadable++;
            else if (seen.Add(device)) devices.Add(device);
        }

        return devices;
    }

    // No payload and no devices are the empty list: nothing says how the hub writes it.
    private static IEnumerable<JsonElement> Entries(JsonElement root)
    {
        if (root.Member("payload") is not { } payload || payload.Member("devices") is not { ValueKind: JsonValueKind.Array } devices)
            yield break;
#pragma warning disable IDISP004 // foreach disposes the enumerator
        foreach (var entry in devices.EnumerateArray()) yield return entry;
#pragma warning restore IDISP004
    }

    private static DeviceIdentity? DeviceOf(JsonElement entry) =>
        DeviceIdentity.TryCreate(entry.Text("product_id"), entry.Text("device_name"), out var device, out _) ? device : null;

    private static long? Status(JsonElement root) => root.Member("payload")?.Whole("status");
}
