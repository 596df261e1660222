using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Tells devices the time on <c>$sys/operation/…</c>.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, obtaining system time.</remarks>
internal sealed class SystemTime(FaultPlan faults, TimeProvider time) : ISystemService
{
    public bool Handles(string topic) => topic.StartsWith("$sys/operation/", StringComparison.Ordinal);

    public IReadOnlyList<HubAnswer>? Handle(SystemRequest request)
    {
        if (!AsksForTime(request.Payload)) return null;
        var fault = faults.TakeFor(request.Connection.Gateway, "get");
        string type = fault?.Kind is HubFaultKind.WrongType ? "set" : "get";
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        string answer = string.Create(CultureInfo.InvariantCulture, $$"""{"type":"{{type}}","time":{{now / 1000}},"ntptime1":{{now}},"ntptime2":{{now}}}""");
        return [new HubAnswer($"$sys/operation/result/{request.Device}", Encoding.UTF8.GetBytes(answer), fault)];
    }

    private static bool AsksForTime(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object || root.Text("type") is not "get"
                || !root.TryGetProperty("resource", out var resource) || resource.ValueKind is not JsonValueKind.Array)
            {
                return false;
            }

#pragma warning disable IDISP004 // foreach disposes the enumerator.
            foreach (var name in resource.EnumerateArray())
                if (name.ValueKind is JsonValueKind.String && name.ValueEquals("time")) return true;
#pragma warning restore IDISP004
            return false;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
