using System.Text;
using BridgeFramework.Testing;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace BridgeFramework.IotHub.Tests;

/// <summary>The real transport against a real broker in this process, on loopback.</summary>
public sealed class MqttNetTransportTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_go_out_and_come_back()
    {
        int port = LoopbackBroker.FreePort();
        using var broker = await LoopbackBroker.PlainAsync(port);
        await using var running = new RunningSession(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        using var inbox = running.Session.OpenInbox("p/d/data");
        await running.Session.SubscribeAsync("p/d/data", 1, Ct);
        running.Start();
        await running.StateAsync(HubSessionState.Online);
        for (int n = 0; n < 100; n++)
        {
            byte[] payload = Encoding.UTF8.GetBytes($"{n}");
            await running.Session.PublishAsync(new HubPublish { Topic = "p/d/data", Payload = payload, Qos = n % 2 }, Ct).OrFail(
                $"publish {n}");
        }

        for (int n = 0; n < 100; n++)
        {
            var message = await inbox.Messages.ReadAsync(Ct).AsTask().OrFail($"message {n}");
            Assert.Equal($"{n}", Encoding.UTF8.GetString(message.Payload.Span));
        }
    }

    [Fact]
    public async Task It_speaks_as_the_hub_expects()
    {
        int port = LoopbackBroker.FreePort();
        ValidatingConnectionEventArgs? connect = null;
        using var broker = await LoopbackBroker.PlainAsync(port, args => connect = args);
        await using var running = new RunningSession(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        running.Start();
        await running.StateAsync(HubSessionState.Online);
        Assert.NotNull(connect);
        Assert.Equal("GWPROD0001test01", connect.ClientId);
        Assert.True(connect.CleanSession);
        Assert.Equal((ushort)240, connect.KeepAlivePeriod ?? 0);
        Assert.Equal(MQTTnet.Formatter.MqttProtocolVersion.V311, connect.ProtocolVersion);
        Assert.Equal(ConnectCredentials.PasswordFor(connect.UserName, new DeviceSecret(SessionBench.SecretText), HmacMethod.HmacSha256),
            connect.Password);
    }

    [Theory]
    [InlineData(MqttConnectReasonCode.BadUserNameOrPassword, HubFaultKind.Rejected, "CONNACK 4")]
    [InlineData(MqttConnectReasonCode.NotAuthorized, HubFaultKind.Rejected, "CONNACK 5")]
    [InlineData(MqttConnectReasonCode.ClientIdentifierNotValid, HubFaultKind.Rejected, "CONNACK 2")]
    [InlineData(MqttConnectReasonCode.ServerUnavailable, HubFaultKind.Refused, "CONNACK 3")]
    public async Task A_refusal_is_named(MqttConnectReasonCode code, HubFaultKind kind, string name)
    {
        int port = LoopbackBroker.FreePort();
        using var broker = await LoopbackBroker.PlainAsync(port, args => args.ReasonCode = code);
        var fault = await RunningSession.FaultAsync(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        Assert.Equal(kind, fault.Kind);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable() =>
        Assert.Equal(HubFaultKind.Unreachable,
            (await RunningSession.FaultAsync(new HubEndpoint { Host = "127.0.0.1", Port = LoopbackBroker.FreePort(), Tls = false })).Kind);

    [Fact]
    public async Task A_broker_that_goes_is_noticed_at_once()
    {
        int port = LoopbackBroker.FreePort();
        using var broker = await LoopbackBroker.PlainAsync(port);
        await using var running = new RunningSession(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        running.Start();
        await running.StateAsync(HubSessionState.Online);
        await broker.StopAsync();
        await running.StateAsync(HubSessionState.BackingOff);
        Assert.Equal(HubFaultKind.Lost, running.Session.Status.LastFault?.Kind);
    }

    [Fact]
    public async Task A_forbidden_subscription_is_refused_and_the_connection_stands()
    {
        int port = LoopbackBroker.FreePort();
        using var broker = await LoopbackBroker.PlainAsync(port);
        broker.InterceptingSubscriptionAsync += args =>
        {
            if (args.TopicFilter.Topic is "not/ours/control") args.Response.ReasonCode = MqttSubscribeReasonCode.UnspecifiedError;
            return Task.CompletedTask;
        };
        await using var running = new RunningSession(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        running.Start();
        await running.StateAsync(HubSessionState.Online);
        await Assert.ThrowsAsync<SubscriptionRefusedException>(async () => await running.Session.SubscribeAsync("not/ours/control", 1, Ct));
        await running.Session.SubscribeAsync("is/ours/control", 1, Ct);
        Assert.Equal(1, running.Session.Status.Attempt);
    }
}
