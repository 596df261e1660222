using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static BridgeFramework.IotHubEmulator.ConsoleRoutes;

namespace BridgeFramework.IotHubEmulator;

/// <summary>What the hub remembers of its traffic, over HTTP.</summary>
internal static class RecordEndpoints
{
    public static void MapRecord(this IEndpointRouteBuilder routes, HubRecord record)
    {
        routes.Map("GET", "/api/messages", context => Json(
            record.MessagesOf(Query(context, "productId"), Query(context, "deviceName"), Since(context))
                .TakeLast(Last(context)).Select(MessageView.Of).ToList(),
            ConsoleJson.Readable.IReadOnlyListMessageView));
        routes.Map("GET", "/api/transcript", context => Json(
            record.Transcript.After(Since(context)).TakeLast(Last(context)).ToList(), ConsoleJson.Readable.IReadOnlyListTranscriptEntry));
        routes.Map("GET", "/api/counters", _ => Json(record.Counters, ConsoleJson.Readable.HubCounters));
        routes.Map("GET", "/api/uplink", _ => Json(UplinkView.Of(record.Uplink.Snapshot()), ConsoleJson.Readable.UplinkView));
        routes.Map("DELETE", "/api/uplink", _ =>
        {
            record.Uplink.Clear();
            return Results.NoContent();
        });
    }
}
