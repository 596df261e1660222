using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>Gateway operations on a scripted connection: the test reads requests and writes answers.</summary>
internal sealed class OperationsBench : IAsyncDisposable
{
    public const string Topic = "$gateway/operation/result/GWPROD0001/test01";
    public static readonly DeviceIdentity Meter = new("SUBPROD001", "test1");
    public static readonly DeviceIdentity Other = new("SUBPROD001", "dev1");

    public OperationsBench(GatewayOperationsOptions? options = null, Func<HubSessionOptions, HubSessionOptions>? session = null)
    {
        Session = new SessionBench(session);
        Operations = new GatewayOperations(Session.Session, Session.Time, Logger, options ?? new GatewayOperationsOptions());
    }

    public SessionBench Session { get; }

    public FakeLogger<GatewayOperations> Logger { get; } = new();

    public GatewayOperations Operations { get; }

    public static string Answer(string type, int result, DeviceIdentity? device = null) =>
        $$$"""{"type":"{{{type}}}","payload":{"devices":[{"product_id":"{{{(device ?? Meter).ProductId}}}","device_name":"{{{(device ?? Meter).DeviceName}}}","result":{{{result}}}}]}}""";

    public static async Task<string> RequestAsync(ScriptedLink link)
    {
        var publish = await link.PublishedAsync();
        Assert.Equal("$gateway/operation/GWPROD0001/test01", publish.Topic);
        Assert.Equal(PublishPriority.GatewayOperation, publish.Priority);
        return Encoding.UTF8.GetString(publish.Payload.Span);
    }

    public static async Task<JsonElement> BindRequestAsync(ScriptedLink link)
    {
        using var request = JsonDocument.Parse(await RequestAsync(link));
        return request.RootElement.GetProperty("payload").GetProperty("devices")[0].Clone();
    }

    public async Task TimeoutAsync()
    {
        await Session.Time.ArmedAsync(TimeSpan.FromSeconds(5));
        Session.Time.Advance(TimeSpan.FromSeconds(5));
    }

    public async ValueTask DisposeAsync()
    {
        await Operations.DisposeAsync();
        await Session.DisposeAsync();
    }
}
