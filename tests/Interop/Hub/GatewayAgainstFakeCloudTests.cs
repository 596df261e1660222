using System.Text;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;

namespace BridgeFramework.Interop;

/// <summary>The cloud side of the gateway against a broker and a cloud that others wrote.</summary>
public sealed class GatewayAgainstFakeCloudTests
{
    private const string Name = "SUBPROD001/test1";
    private const string Secret = "EBESExQVFhcYGRobHB0eHw==";
    private static readonly DeviceIdentity Device = new("SUBPROD001", "test1");
    private static readonly Dictionary<string, string> Devices = new(StringComparer.Ordinal) { [Name] = Secret };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<FakeCloud> StartCloudAsync(Mosquitto broker) =>
        FakeCloud.StartAsync(broker.Port, HubUnderTest.GatewayName, Devices);

    private static async Task<int> RefusalAsync(Func<Task> operation) =>
        (await Assert.ThrowsAsync<GatewayOperationException>(operation)).Code;

    private static Task PublishAsync(HubUnderTest hub, string payload) =>
        hub.Session.PublishAsync(new HubPublish { Topic = $"{Name}/data", Payload = Encoding.UTF8.GetBytes(payload), Qos = 1 }, Token);

    [Fact]
    public async Task A_sub_device_is_bound_when_the_cloud_says_it_is_not_then_online_then_heard_then_offline()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var cloud = await StartCloudAsync(broker);
        await using var hub = HubUnderTest.Start(broker.Port);
        await hub.OnlineAsync();

        Assert.Empty((await hub.Operations.DescribeAsync(Token)).Devices);
        Assert.Equal(GatewayResultCode.NotBound, await RefusalAsync(() => hub.Operations.OnlineAsync(Device, Token)));
        await hub.Operations.BindAsync(Device, new DeviceSecret(Secret), Token);
        await hub.Operations.OnlineAsync(Device, Token);
        Assert.Equal([Device], (await hub.Operations.DescribeAsync(Token)).Devices);

        const string Payload = """{"seq":1,"epoch":"k3f7aq2d","values":{"voltage":230.1}}""";
        await PublishAsync(hub, Payload);
        await cloud.SaysAsync($"seen {Name}/data {Payload}");

        await hub.Operations.OfflineAsync(Device, Token);
        await hub.Operations.UnbindAsync(Device, Token);
        Assert.Empty((await hub.Operations.DescribeAsync(Token)).Devices);
    }

    [Fact]
    public async Task Binding_twice_is_no_fault_and_a_wrong_secret_is_one()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var cloud = await StartCloudAsync(broker);
        await using var hub = HubUnderTest.Start(broker.Port);
        await hub.OnlineAsync();

        Assert.Equal(
            GatewayResultCode.BadSignature,
            await RefusalAsync(() => hub.Operations.BindAsync(Device, new DeviceSecret(HubUnderTest.GatewaySecret), Token)));
        await hub.Operations.BindAsync(Device, new DeviceSecret(Secret), Token);
        await hub.Operations.BindAsync(Device, new DeviceSecret(Secret), Token); // 809
        Assert.Equal(
            GatewayResultCode.NoSuchDevice,
            await RefusalAsync(() => hub.Operations.OnlineAsync(new DeviceIdentity("SUBPROD001", "stranger"), Token)));
    }

    [Fact]
    public async Task Both_digests_of_the_bind_signature_are_understood()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var cloud = await StartCloudAsync(broker);
        foreach (var method in Enum.GetValues<HmacMethod>())
        {
            await using var hub = HubUnderTest.Start(broker.Port, new GatewayOperationsOptions { BindMethod = method });
            await hub.OnlineAsync();
            await hub.Operations.BindAsync(Device, new DeviceSecret(Secret), Token);
            await hub.Operations.UnbindAsync(Device, Token);
        }
    }

    [Fact]
    public async Task Nonsense_from_the_cloud_harms_nothing()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var cloud = await StartCloudAsync(broker);
        await using var hub = HubUnderTest.Start(broker.Port);
        int attempt = (await hub.OnlineAsync()).Attempt;
        await cloud.TellAsync($"bind {Name}");
        await cloud.TellAsync("mode garbage");

        await hub.Operations.OnlineAsync(Device, Token);
        Assert.Equal([Device], (await hub.Operations.DescribeAsync(Token)).Devices);
        await hub.Operations.OfflineAsync(Device, Token);
        Assert.Equal((true, attempt), (hub.Session.Status.IsOnline, hub.Session.Status.Attempt));
    }

    [Fact]
    public async Task A_late_answer_is_not_taken_for_the_answer_to_a_later_request()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var cloud = await StartCloudAsync(broker);
        await using var hub = HubUnderTest.Start(broker.Port, new GatewayOperationsOptions
        {
            AnswerTimeout = TimeSpan.FromSeconds(2), // also for the last question, which is to be answered
            Attempts = 1,
        });
        await hub.OnlineAsync();
        await cloud.TellAsync($"bind {Name}");

        await cloud.TellAsync("mode late 3");
        await Assert.ThrowsAsync<TimeoutException>(() => hub.Operations.OnlineAsync(Device, Token));
        await cloud.SaysAsync("answered online"); // 0, and nobody is waiting

        await cloud.TellAsync("mode normal");
        await cloud.TellAsync($"unbind {Name}");
        Assert.Equal(GatewayResultCode.NotBound, await RefusalAsync(() => hub.Operations.OnlineAsync(Device, Token)));
    }

    [Fact]
    public async Task A_cloud_that_does_not_answer_is_asked_again_and_then_given_up()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var cloud = await StartCloudAsync(broker);
        await using var hub = HubUnderTest.Start(broker.Port, new GatewayOperationsOptions
        {
            AnswerTimeout = TimeSpan.FromMilliseconds(200),
            Attempts = 2,
        });
        await hub.OnlineAsync();
        await cloud.TellAsync("mode silent");

        await Assert.ThrowsAsync<TimeoutException>(() => hub.Operations.OnlineAsync(Device, Token));
        await cloud.SaysAsync("asked online");
        await cloud.SaysAsync("asked online");
    }
}
