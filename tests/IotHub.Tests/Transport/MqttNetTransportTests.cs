using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Testing;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace BridgeFramework.IotHub.Tests;

/// <summary>The real transport against a real broker in this process, on loopback.</summary>
public sealed class MqttNetTransportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iothub-tests");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_go_out_and_come_back()
    {
        int port = FreePort();
        using var broker = await BrokerAsync(b => b.WithDefaultEndpoint().WithDefaultEndpointPort(port).WithDefaultEndpointBoundIPAddress(IPAddress.Loopback));
        await using var running = new Running(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        using var inbox = running.Session.OpenInbox("p/d/data");
        await running.Session.SubscribeAsync("p/d/data", 1, Ct);
        running.Start();
        await running.StateAsync(HubSessionState.Online);
        for (int n = 0; n < 100; n++)
        {
            byte[] payload = Encoding.UTF8.GetBytes($"{n}");
            await Guard.Of(running.Session.PublishAsync(new HubPublish { Topic = "p/d/data", Payload = payload, Qos = n % 2 }, Ct), $"publish {n}");
        }

        for (int n = 0; n < 100; n++)
        {
            var message = await Guard.Of(inbox.Messages.ReadAsync(Ct).AsTask(), $"message {n}");
            Assert.Equal($"{n}", Encoding.UTF8.GetString(message.Payload.Span));
        }
    }

    [Fact]
    public async Task It_speaks_as_the_hub_expects()
    {
        int port = FreePort();
        ValidatingConnectionEventArgs? connect = null;
        using var broker = await BrokerAsync(
            b => b.WithDefaultEndpoint().WithDefaultEndpointPort(port).WithDefaultEndpointBoundIPAddress(IPAddress.Loopback),
            args => connect = args);
        await using var running = new Running(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        running.Start();
        await running.StateAsync(HubSessionState.Online);
        Assert.NotNull(connect);
        Assert.Equal("GWPROD0001test01", connect.ClientId);
        Assert.True(connect.CleanSession);
        Assert.Equal((ushort)240, connect.KeepAlivePeriod ?? 0);
        Assert.Equal(MQTTnet.Formatter.MqttProtocolVersion.V311, connect.ProtocolVersion);
        Assert.Equal(ConnectCredentials.PasswordFor(connect.UserName, new DeviceSecret(SessionBench.SecretText), HmacMethod.HmacSha256), connect.Password);
    }

    [Theory]
    [InlineData(MqttConnectReasonCode.BadUserNameOrPassword, HubFaultKind.Rejected, "CONNACK 4")]
    [InlineData(MqttConnectReasonCode.NotAuthorized, HubFaultKind.Rejected, "CONNACK 5")]
    [InlineData(MqttConnectReasonCode.ClientIdentifierNotValid, HubFaultKind.Rejected, "CONNACK 2")]
    [InlineData(MqttConnectReasonCode.ServerUnavailable, HubFaultKind.Refused, "CONNACK 3")]
    public async Task A_refusal_is_named(MqttConnectReasonCode code, HubFaultKind kind, string name)
    {
        int port = FreePort();
        using var broker = await BrokerAsync(
            b => b.WithDefaultEndpoint().WithDefaultEndpointPort(port).WithDefaultEndpointBoundIPAddress(IPAddress.Loopback),
            args => args.ReasonCode = code);
        var fault = await FaultAsync(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        Assert.Equal(kind, fault.Kind);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable() =>
        Assert.Equal(HubFaultKind.Unreachable, (await FaultAsync(new HubEndpoint { Host = "127.0.0.1", Port = FreePort(), Tls = false })).Kind);

    [Fact]
    public async Task A_broker_that_goes_is_noticed_at_once()
    {
        int port = FreePort();
        using var broker = await BrokerAsync(b => b.WithDefaultEndpoint().WithDefaultEndpointPort(port).WithDefaultEndpointBoundIPAddress(IPAddress.Loopback));
        await using var running = new Running(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        running.Start();
        await running.StateAsync(HubSessionState.Online);
        await broker.StopAsync();
        await running.StateAsync(HubSessionState.BackingOff);
        Assert.Equal(HubFaultKind.Lost, running.Session.Status.LastFault?.Kind);
    }

    [Theory]
    [InlineData("localhost", true, true, true)]
    [InlineData("127.0.0.1", true, true, false)] // a name the certificate does not carry
    [InlineData("127.0.0.1", true, false, true)]
    [InlineData("localhost", false, true, false)] // signed by somebody else
    [InlineData("127.0.0.1", false, false, false)] // the chain is checked in any case
    public async Task The_chain_is_always_checked_and_the_name_by_setting(string host, bool rightCa, bool verifyName, bool trusted)
    {
        using var ca = Authority("right");
        using var stranger = Authority("stranger");
        using var server = ServerCertificate(ca);
        string caFile = Path.Combine(_folder.FullName, "ca.pem");
        await File.WriteAllTextAsync(caFile, (rightCa ? ca : stranger).ExportCertificatePem(), Ct);
        int port = FreePort();
        using var broker = await BrokerAsync(b => b.WithoutDefaultEndpoint().WithEncryptedEndpoint().WithEncryptedEndpointPort(port)
            .WithEncryptedEndpointBoundIPAddress(IPAddress.Loopback).WithEncryptionCertificate(server));
        var endpoint = new HubEndpoint { Host = host, Port = port, CaFile = caFile, VerifyHostName = verifyName };
        await using var running = new Running(endpoint);
        running.Start();
        if (trusted)
        {
            await running.StateAsync(HubSessionState.Online);
        }
        else
        {
            await running.StateAsync(HubSessionState.BackingOff);
            Assert.Equal(HubFaultKind.TlsFailed, running.Session.Status.LastFault?.Kind);
        }
    }

    [Fact]
    public async Task A_forbidden_subscription_is_refused_and_the_connection_stands()
    {
        int port = FreePort();
        using var broker = await BrokerAsync(b => b.WithDefaultEndpoint().WithDefaultEndpointPort(port).WithDefaultEndpointBoundIPAddress(IPAddress.Loopback));
        broker.InterceptingSubscriptionAsync += args =>
        {
            if (args.TopicFilter.Topic is "not/ours/control") args.Response.ReasonCode = MqttSubscribeReasonCode.UnspecifiedError;
            return Task.CompletedTask;
        };
        await using var running = new Running(new HubEndpoint { Host = "127.0.0.1", Port = port, Tls = false });
        running.Start();
        await running.StateAsync(HubSessionState.Online);
        await Assert.ThrowsAsync<SubscriptionRefusedException>(async () => await running.Session.SubscribeAsync("not/ours/control", 1, Ct));
        await running.Session.SubscribeAsync("is/ours/control", 1, Ct);
        Assert.Equal(1, running.Session.Status.Attempt);
    }

    [Fact]
    public async Task A_ca_file_that_is_none_is_named()
    {
        string file = Path.Combine(_folder.FullName, "empty.pem");
        await File.WriteAllTextAsync(file, "nothing", Ct);
        var fault = await FaultAsync(new HubEndpoint { Host = "127.0.0.1", Port = FreePort(), CaFile = file });
        Assert.Equal(HubFaultKind.TlsFailed, fault.Kind);
        Assert.Contains("empty.pem", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<HubFault> FaultAsync(HubEndpoint endpoint)
    {
        await using var running = new Running(endpoint);
        running.Start();
        await running.StateAsync(HubSessionState.BackingOff);
        return running.Session.Status.LastFault ?? throw new InvalidOperationException("backing off without a fault");
    }

    private static async Task<MqttServer> BrokerAsync(
        Action<MqttServerOptionsBuilder> configure, Action<ValidatingConnectionEventArgs>? connecting = null)
    {
        var factory = new MqttServerFactory();
        var options = factory.CreateServerOptionsBuilder().WithDefaultEndpointBoundIPV6Address(IPAddress.None).WithEncryptedEndpointBoundIPV6Address(IPAddress.None);
        configure(options);
        var broker = factory.CreateMqttServer(options.Build());
        broker.ValidatingConnectionAsync += args =>
        {
            connecting?.Invoke(args);
            return Task.CompletedTask;
        };
        await broker.StartAsync();
        return broker;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static X509Certificate2 ServerCertificate(X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter), [1, 2, 3, 4]);
        return certificate.CopyWithPrivateKey(key);
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task _loop = Task.CompletedTask;

        public Running(HubEndpoint endpoint) => Session = new HubSession(
            new HubSessionOptions
            {
                Gateway = SessionBench.Gateway,
                Credentials = _ => new ValueTask<HubCredentials>(new KeyCredentials { Secret = new DeviceSecret(SessionBench.SecretText) }),
                Endpoint = endpoint,
                Backoff = new Backoff { First = TimeSpan.FromMinutes(1) },
            },
            TimeProvider.System,
            new FakeLogger<HubSession>());

        public HubSession Session { get; }

        public void Start() => _loop = Session.RunAsync(_stop.Token);

        public async Task StateAsync(HubSessionState state)
        {
            await Guard.Of(WaitAsync(), $"state {state}: {Session.Status}");

            async Task WaitAsync()
            {
                await foreach (var status in Session.WatchAsync(Ct))
                {
                    if (status.State == state) return;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Guard.Of(_loop, "the end of the session");
            await Session.DisposeAsync();
            _stop.Dispose();
        }
    }
}
