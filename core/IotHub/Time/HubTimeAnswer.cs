using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>What the hub says when asked for the time: when it got the question and when it answered, by its own clock.</summary>
/// <remarks>
/// Source: Tencent Cloud IoT Hub documentation, NTP service: request <c>{"type":"get","resource":["time"]}</c>, answer
/// <c>{"type":"get","time":s,"ntptime1":ms,"ntptime2":ms}</c>.
/// </remarks>
internal readonly record struct HubTimeAnswer(long GotAt, long AnsweredAt)
{
    private const long Earliest = 1_600_000_000_000; // 2020, ms: older than any hub that speaks this
    private const long Latest = 4_102_444_800_000; // 2100, ms
    private const int MaxLength = 1024;

    public static byte[] Request() => """{"type":"get","resource":["time"]}"""u8.ToArray();

    /// <summary>Reads an answer; false, never a throw, for anything else that may come on the topic.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> payload, out HubTimeAnswer answer)
    {
        answer = default;
        if (payload.Length > MaxLength) return false;
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            if (root.Text("type") is not "get") return false;
            if (root.Whole("ntptime1") is not { } got || root.Whole("ntptime2") is not { } answered) return false;
            if (got is < Earliest or > Latest || answered < got || answered > Latest) return false;
            answer = new HubTimeAnswer(got, answered);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // InvalidOperationException: a string that is not valid UTF-8, found only when it is read
        }
    }

    /// <summary>The hub's time when the answer arrived: the way there and the way back are taken to be equally long.</summary>
    /// <param name="roundTrip">From sending the question to receiving the answer, by our steady counter.</param>
    public DateTimeOffset AtArrival(TimeSpan roundTrip) =>
        DateTimeOffset.UnixEpoch + ((TimeSpan.FromMilliseconds(GotAt) + TimeSpan.FromMilliseconds(AnsweredAt) + roundTrip) / 2);
}
