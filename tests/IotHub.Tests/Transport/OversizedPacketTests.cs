using System.Security.Cryptography.X509Certificates;
using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A hub that announces more than anybody wants to read.</summary>
public sealed class OversizedPacketTests : IDisposable
{
    private const byte ConnAck = 0x20;
    private const byte Publish = 0x30;
    private const byte SubAck = 0x90;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iothub-tests");
    private readonly X509Certificate2 _authority = TestCertificates.Authority("right");
    private readonly X509Certificate2 _certificate;

    public OversizedPacketTests() => _certificate = TestCertificates.Issue(_authority, "localhost");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, Publish, "PUBLISH")]
    [InlineData(true, Publish, "PUBLISH")]
    [InlineData(false, SubAck, "SUBACK")]
    [InlineData(true, SubAck, "SUBACK")]
    public async Task The_connection_ends_before_the_body_is_read(bool tls, byte type, string name)
    {
        using var hub = new HubOfBytes(tls ? _certificate : null);
        await using var running = new RunningSession(EndpointOf(hub, tls), o => o with { SynchronizeTime = false });
        running.Start();
        await using var connection = await hub.AcceptAsync();
        await connection.WriteAsync(HubOfBytes.ConnAck, Ct);
        await running.StateAsync(HubSessionState.Online);

        await connection.WriteAsync(new byte[] { type, 0xFF, 0xFF, 0xFF, 0x7F }, Ct); // 268435455 bytes, of which none comes

        await running.StateAsync(HubSessionState.BackingOff);
        var fault = running.Session.Status.LastFault;
        Assert.Equal(HubFaultKind.Lost, fault?.Kind);
        Assert.Contains(
            $"was lost: it announced a packet of type {type >> 4} ({name}) with 268435455 bytes, and at most 262144 are taken.",
            fault?.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_to_CONNECT_that_is_too_large_is_not_waited_for(bool tls)
    {
        using var hub = new HubOfBytes(tls ? _certificate : null);
        await using var running = new RunningSession(EndpointOf(hub, tls));
        running.Start();
        await using var connection = await hub.AcceptAsync();

        await connection.WriteAsync(new byte[] { ConnAck, 0xFF, 0xFF, 0xFF, 0x7F }, Ct);

        await running.StateAsync(HubSessionState.BackingOff);
        var fault = running.Session.Status.LastFault;
        Assert.Equal(HubFaultKind.Unreachable, fault?.Kind);
        Assert.Contains(
            "is no hub: it announced a packet of type 2 (CONNACK) with 268435455 bytes", fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_the_largest_size_arrives()
    {
        const int Length = 256 * 1024;
        using var hub = new HubOfBytes(certificate: null);
        await using var running = new RunningSession(EndpointOf(hub, tls: false), o => o with { SynchronizeTime = false });
        using var inbox = running.Session.OpenInbox("a");
        running.Start();
        await using var connection = await hub.AcceptAsync();
        await connection.WriteAsync(HubOfBytes.ConnAck, Ct);
        await running.StateAsync(HubSessionState.Online);

        await connection.WriteAsync(new byte[] { Publish, 0x80, 0x80, 0x10, 0, 1, (byte)'a' }, Ct);
        await connection.WriteAsync(new byte[Length - 3], Ct);

        Assert.Equal(Length - 3, (await inbox.Messages.ReadAsync(Ct).AsTask().OrFail("the message")).Payload.Length);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private HubEndpoint EndpointOf(HubOfBytes hub, bool tls)
    {
        string caFile = Path.Combine(_folder.FullName, "ca.pem");
        File.WriteAllText(caFile, _authority.ExportCertificatePem());
        return new HubEndpoint { Host = "localhost", Port = hub.Port, Tls = tls, CaFile = caFile };
    }
}
