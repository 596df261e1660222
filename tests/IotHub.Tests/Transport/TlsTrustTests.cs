using System.Security.Cryptography.X509Certificates;
using BridgeFramework.Disks;

namespace BridgeFramework.IotHub.Tests;

/// <summary>TLS against a real broker: whom the session trusts, at which time, and how it shows its own certificate.</summary>
public sealed class TlsTrustTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iothub-tests");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost", true, true, null)]
    [InlineData("127.0.0.1", true, true, "for localhost is not for host '127.0.0.1'. To do: correct 'host', or set 'verifyHostName'")]
    [InlineData("127.0.0.1", true, false, null)]
    [InlineData("localhost", false, true, "ca.pem' holds the root of the hub's certificate.")] // signed by somebody else
    [InlineData("127.0.0.1", false, false, "ca.pem' holds the root of the hub's certificate.")] // the chain is checked in any case
    public async Task The_chain_is_always_checked_and_the_name_by_setting(string host, bool rightCa, bool verifyName, string? objection)
    {
        using var ca = TestCertificates.Authority("right");
        using var stranger = TestCertificates.Authority("stranger");
        using var server = TestCertificates.Issue(ca, "localhost");
        string caFile = Path.Combine(_folder.FullName, "ca.pem");
        await File.WriteAllTextAsync(caFile, (rightCa ? ca : stranger).ExportCertificatePem(), Ct);
        int port = LoopbackBroker.FreePort();
        using var broker = await LoopbackBroker.TlsAsync(port, server);
        var endpoint = new HubEndpoint { Host = host, Port = port, CaFile = caFile, VerifyHostName = verifyName };
        await using var running = new RunningSession(endpoint);
        running.Start();
        if (objection is null)
        {
            await running.StateAsync(HubSessionState.Online);
        }
        else
        {
            await running.StateAsync(HubSessionState.BackingOff);
            Assert.Equal(HubFaultKind.TlsFailed, running.Session.Status.LastFault?.Kind);
            Assert.Contains(objection, running.Session.Status.LastFault?.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_ca_file_that_is_none_is_named()
    {
        string file = Path.Combine(_folder.FullName, "empty.pem");
        await File.WriteAllTextAsync(file, "nothing", Ct);
        var fault = await RunningSession.FaultAsync(new HubEndpoint
        {
            Host = "127.0.0.1",
            Port = LoopbackBroker.FreePort(),
            CaFile = file,
        });
        Assert.Equal(HubFaultKind.TlsFailed, fault.Kind);
        Assert.Contains("empty.pem", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_valid_at_our_time_is_refused_with_the_dates()
    {
        using var ca = TestCertificates.Authority("right");
        using var server = TestCertificates.Issue(ca, "localhost");
        int port = LoopbackBroker.FreePort();
        using var broker = await LoopbackBroker.TlsAsync(port, server);
        var later = new WrongClock(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var fault = await RunningSession.FaultAsync(new HubEndpoint { Host = "localhost", Port = port, CaFile = CaFile(ca) }, time: later);
        Assert.Equal(HubFaultKind.TlsFailed, fault.Kind);
        Assert.Contains("is not trusted on 2099-01-01 (NotTimeValid", fault.Message, StringComparison.Ordinal);
        Assert.Contains("To do: set the gateway's clock", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-300, false)] // a floor that is no better than the clock
    public async Task On_a_clock_that_says_1970_certificates_are_judged_by_the_last_known_time(int floorDays, bool trusted)
    {
        using var ca = TestCertificates.Authority("right");
        using var server = TestCertificates.Issue(ca, "localhost");
        int port = LoopbackBroker.FreePort();
        using var broker = await LoopbackBroker.TlsAsync(port, server);
        var endpoint = new HubEndpoint { Host = "localhost", Port = port, CaFile = CaFile(ca) };
        var floor = TimeProvider.System.GetUtcNow().AddDays(floorDays);
        await using var running = new RunningSession(
            endpoint, o => o with { ClockFloor = floor }, new WrongClock(DateTimeOffset.UnixEpoch));
        running.Start();
        await running.StateAsync(trusted ? HubSessionState.Online : HubSessionState.BackingOff);
    }

    [Fact]
    public async Task A_certificate_device_proves_itself_by_its_certificate_and_sends_no_password()
    {
        using var ca = TestCertificates.Authority("right");
        using var server = TestCertificates.Issue(ca, "localhost");
        using var device = TestCertificates.Issue(ca, "GWPROD0001test01");
        string? shown = null;
        int port = LoopbackBroker.FreePort();
        using var broker = await LoopbackBroker.TlsAsync(port, server, (_, certificate, _, _) =>
        {
            shown = certificate?.Subject;
            return certificate?.Issuer is "CN=right";
        });
        string? password = "none seen";
        broker.ValidatingConnectionAsync += args =>
        {
            password = args.Password;
            return Task.CompletedTask;
        };
        var endpoint = new HubEndpoint { Host = "localhost", Port = port, CaFile = CaFile(ca) };
        await using var running = new RunningSession(
            endpoint, o => o with { Credentials = _ => new ValueTask<HubCredentials>(Pair(device)) });
        running.Start();
        await running.StateAsync(HubSessionState.Online);
        Assert.Equal("CN=GWPROD0001test01", shown);
        Assert.True(string.IsNullOrEmpty(password), "a password was sent");
    }

    [Fact]
    public async Task A_device_certificate_that_the_hub_does_not_know_is_refused()
    {
        using var ca = TestCertificates.Authority("right");
        using var stranger = TestCertificates.Authority("stranger");
        using var server = TestCertificates.Issue(ca, "localhost");
        using var device = TestCertificates.Issue(stranger, "GWPROD0001test01");
        int port = LoopbackBroker.FreePort();
        using var broker = await LoopbackBroker.TlsAsync(port, server, (_, certificate, _, _) => certificate?.Issuer is "CN=right");
        var endpoint = new HubEndpoint { Host = "localhost", Port = port, CaFile = CaFile(ca) };
        var fault = await RunningSession.FaultAsync(
            endpoint, o => o with { Credentials = _ => new ValueTask<HubCredentials>(Pair(device)) });

        Assert.Equal(HubFaultKind.TlsFailed, fault.Kind);
        Assert.Contains("shown the certificate 'CN=GWPROD0001test01'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("the device's own from the console", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_certificate_is_never_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        string fifo = Path.Combine(_folder.FullName, "fifo");
        OddEntries.MakeFifo(fifo);
        var pair = new CertificateCredentials { CertificateFile = fifo, PrivateKeyFile = fifo };
        var endpoint = new HubEndpoint { Host = "localhost", Port = LoopbackBroker.FreePort() };
        var fault = await RunningSession.FaultAsync(endpoint, o => o with { Credentials = _ => new ValueTask<HubCredentials>(pair) });
        Assert.Equal(HubFaultKind.CredentialsUnavailable, fault.Kind);
        Assert.Contains("a regular file is expected", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_authorities_is_never_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        string fifo = Path.Combine(_folder.FullName, "fifo");
        OddEntries.MakeFifo(fifo);
        var endpoint = new HubEndpoint { Host = "localhost", Port = LoopbackBroker.FreePort(), CaFile = fifo };
        var fault = await RunningSession.FaultAsync(endpoint);
        Assert.Equal(HubFaultKind.TlsFailed, fault.Kind);
        Assert.Contains("a regular file is expected", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string CaFile(X509Certificate2 ca) => Write("ca.pem", ca.ExportCertificatePem());

    private CertificateCredentials Pair(X509Certificate2 device)
    {
        using var key = device.GetECDsaPrivateKey() ?? throw new InvalidOperationException("made with one");
        return new CertificateCredentials
        {
            CertificateFile = Write("device.crt", device.ExportCertificatePem()),
            PrivateKeyFile = Write("device.key", key.ExportPkcs8PrivateKeyPem()),
        };
    }

    private string Write(string name, string text)
    {
        string file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }
}
