using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BridgeFramework.IotHub;

namespace BridgeFramework.Interop;

/// <summary>A broker that is not there yet, dies, freezes or shows a certificate: the session comes through by itself.</summary>
public sealed class BrokerTroubleTests
{
    private const string Name = "SUBPROD001/test1";
    private static readonly DeviceIdentity Device = new("SUBPROD001", "test1");
    private static readonly Dictionary<string, string> Devices = new(StringComparer.Ordinal) { [Name] = "EBESExQVFhcYGRobHB0eHw==" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_died_and_came_back_is_used_again_with_all_subscriptions()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var cloud = await FakeCloud.StartAsync(broker.Port, HubUnderTest.GatewayName, Devices);
        await cloud.TellAsync($"bind {Name}");
        await using var hub = HubUnderTest.Start(broker.Port);
        int attempt = (await hub.OnlineAsync()).Attempt;
        await hub.Operations.OnlineAsync(Device, Token);

        await broker.KillAsync();
        var lost = await hub.BecomesAsync(status => !status.IsOnline, "offline");
        await Assert.ThrowsAsync<HubOfflineException>(() => hub.Operations.OnlineAsync(Device, Token));
        Assert.NotNull(lost);

        await broker.RestartAsync();
        await cloud.ReadyAsync();
        Assert.True((await hub.OnlineAsync()).Attempt > attempt);
        await hub.Operations.OnlineAsync(Device, Token);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_at_the_start_is_found_when_it_comes()
    {
        await using var broker = await Mosquitto.StartAsync();
        await broker.KillAsync();
        await using var hub = HubUnderTest.Start(broker.Port);
        var failed = await hub.BecomesAsync(status => status.LastFault is not null, "in trouble");
        Assert.Equal(HubFaultKind.Unreachable, failed.LastFault?.Kind);
        await broker.RestartAsync();
        await hub.OnlineAsync();
    }

    [Fact]
    public async Task A_frozen_broker_is_noticed_and_used_again_once_it_thaws()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var hub = HubUnderTest.Start(broker.Port);
        await hub.OnlineAsync();

        broker.Freeze();
        var frozen = await hub.BecomesAsync(status => !status.IsOnline, "aware of the frozen broker");
        Assert.Equal(HubFaultKind.Frozen, frozen.LastFault?.Kind);
        broker.Thaw();
        await hub.OnlineAsync();
    }

    [Fact]
    public async Task A_frozen_broker_is_noticed_under_steady_traffic_too()
    {
        await using var broker = await Mosquitto.StartAsync();
        await using var hub = HubUnderTest.Start(broker.Port);
        await hub.OnlineAsync();

        broker.Freeze();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var traffic = PublishForEverAsync(hub, enough.Token);
        var frozen = await hub.BecomesAsync(status => !status.IsOnline, "aware of the frozen broker");
        Assert.Equal(HubFaultKind.Frozen, frozen.LastFault?.Kind);
        await enough.CancelAsync();
        await traffic;
    }

    [Fact]
    public async Task TLS_stands_on_the_authority_it_was_given_and_on_no_other()
    {
        using var authority = Authority();
        using var stranger = Authority();
        using var certificate = Issue(authority, "127.0.0.1");
        await using var broker = await Mosquitto.StartAsync(certificate);
        var folder = Directory.CreateTempSubdirectory("bridge-ca-");
        try
        {
            string trusted = Path.Combine(folder.FullName, "trusted.pem");
            string other = Path.Combine(folder.FullName, "other.pem");
            await File.WriteAllTextAsync(trusted, authority.ExportCertificatePem(), Token);
            await File.WriteAllTextAsync(other, stranger.ExportCertificatePem(), Token);
            var endpoint = new HubEndpoint { Host = "127.0.0.1", Port = broker.Port, CaFile = trusted };

            await using (var hub = HubUnderTest.Start(endpoint)) await hub.OnlineAsync();
            foreach (string? wrong in new[] { other, null })
            {
                await using var hub = HubUnderTest.Start(endpoint with { CaFile = wrong });
                var failed = await hub.BecomesAsync(status => status.LastFault is not null, "in trouble");
                Assert.Equal(HubFaultKind.TlsFailed, failed.LastFault?.Kind);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused_unless_told_otherwise()
    {
        using var authority = Authority();
        using var certificate = Issue(authority, "10.9.8.7");
        await using var broker = await Mosquitto.StartAsync(certificate);
        var folder = Directory.CreateTempSubdirectory("bridge-ca-");
        try
        {
            string trusted = Path.Combine(folder.FullName, "trusted.pem");
            await File.WriteAllTextAsync(trusted, authority.ExportCertificatePem(), Token);
            var endpoint = new HubEndpoint { Host = "127.0.0.1", Port = broker.Port, CaFile = trusted };

            await using (var hub = HubUnderTest.Start(endpoint))
                Assert.Equal(
                    HubFaultKind.TlsFailed, (await hub.BecomesAsync(status => status.LastFault is not null, "in trouble")).LastFault?.Kind);
            await using (var hub = HubUnderTest.Start(endpoint with { VerifyHostName = false })) await hub.OnlineAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task PublishForEverAsync(HubUnderTest hub, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                // Two seconds each, so that sending goes on although nothing is confirmed.
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(enough);
                deadline.CancelAfter(TimeSpan.FromSeconds(2));
                await hub.Session.PublishAsync(
                    new HubPublish { Topic = "SUBPROD001/test1/data", Payload = new byte[200], Qos = 1 }, deadline.Token);
            }
            catch (Exception e) when (e is HubOfflineException or OperationCanceledException or TimeoutException)
            {
                await Task.Yield();
            }
        }
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test broker", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            authority, new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
