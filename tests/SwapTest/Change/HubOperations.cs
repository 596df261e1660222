using System.Text.Json;

namespace BridgeFramework.SwapTest;

/// <summary>A sub-device that the gateway took online or offline at the hub.</summary>
internal sealed record HubOperation(DateTimeOffset At, string Type, string Device);

/// <summary>Reads in the hub's record what the gateway did with its sub-devices.</summary>
internal sealed class HubOperations(TestRun run)
{
    private const string Topic = "$gateway/operation/";
    private long _last;

    /// <summary>What was done since the last call.</summary>
    public async Task<IReadOnlyList<HubOperation>> NewAsync(CancellationToken stopping)
    {
        List<HubOperation> found = [];
        foreach (var packet in await run.TranscriptAsync(_last, stopping))
        {
            if (packet.Sequence > _last + 1 && _last > 0)
                run.Fault($"{packet.Sequence - _last - 1} packets were forgotten by the hub before they were read.");
            _last = packet.Sequence;
            if (packet is not { Direction: "up", Packet: "PUBLISH", Payload: { } payload }
                || packet.Topic?.StartsWith(Topic, StringComparison.Ordinal) is not true) continue;
            using var document = JsonDocument.Parse(payload);
            string type = document.RootElement.GetProperty("type").GetString() ?? "";
            if (type is not ("online" or "offline")) continue;
            var devices = document.RootElement.GetProperty("payload").GetProperty("devices");
            for (int i = 0; i < devices.GetArrayLength(); i++)
                found.Add(new HubOperation(
                    packet.Time, type,
                    $"{devices[i].GetProperty("product_id").GetString()}/{devices[i].GetProperty("device_name").GetString()}"));
        }

        return found;
    }
}
