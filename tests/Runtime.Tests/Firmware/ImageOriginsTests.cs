using System.Net;
using System.Net.Sockets;
using System.Text;
using BridgeFramework.Network;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Which servers the gateway asks for an image, whatever the hub or another server says.</summary>
public sealed class ImageOriginsTests : IDisposable
{
    private const string Elsewhere = "hub.example.com";
    private readonly TcpListener _server = new(IPAddress.Loopback, port: 0);
    private readonly Dictionary<string, IPAddress[]> _names = new(StringComparer.Ordinal) { [Elsewhere] = [IPAddress.Parse("192.0.2.1")] };
    private readonly List<string> _lookedUp = [];

    public ImageOriginsTests() => _server.Start();

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("127.0.0.1", "which is this machine itself, and the hub is elsewhere")]
    [InlineData("127.8.9.10", "this machine itself")]
    [InlineData("0.0.0.0", "this machine itself")]
    [InlineData("::", "this machine itself")]
    [InlineData("::1", "this machine itself")]
    [InlineData("::ffff:127.0.0.1", "this machine itself")]
    [InlineData("::127.0.0.1", "this machine itself")]
    [InlineData("64:ff9b::7f00:1", "this machine itself")]
    [InlineData("2002:7f00:1::", "this machine itself")]
    [InlineData("169.254.7.8", "a link-local address, and the hub has none")]
    [InlineData("fe80::1", "a link-local address")]
    [InlineData("fe80::1%1", "a link-local address")]
    [InlineData("::ffff:169.254.7.8", "a link-local address")]
    [InlineData("169.254.169.254", "where clouds tell a machine its credentials")]
    [InlineData("::ffff:169.254.169.254", "its credentials")]
    [InlineData("169.254.0.23", "its credentials")] // metadata.tencentyun.com
    [InlineData("100.100.100.200", "its credentials")]
    [InlineData("fd00:ec2::254", "its credentials")]
    public async Task A_name_that_leads_where_only_this_machine_gets_is_refused(string address, string because)
    {
        _names["files.example.com"] = [IPAddress.Parse(address)];

        var refusal = await RefusalOf($"http://files.example.com:{Port}/fw.bin?sign=secret");

        Assert.Equal(DownloadTrouble.Refused, refusal.Trouble);
        Assert.StartsWith(
            $"The image is on 'files.example.com' at {IPAddress.Parse(address)}, ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        Assert.False(_server.Pending());
    }

    [Theory]
    [InlineData("http://127.0.0.1/fw.bin")]
    [InlineData("http://0x7f.1/fw.bin")]
    [InlineData("http://2130706433/fw.bin")]
    [InlineData("http://[::ffff:127.0.0.1]/fw.bin")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    public async Task So_is_a_plain_address_in_whatever_form(string url)
    {
        Assert.Equal(DownloadTrouble.Refused, (await RefusalOf(url)).Trouble);
        Assert.DoesNotContain(_lookedUp, name => name != Elsewhere);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("::1", "127.0.0.1", true)]
    [InlineData("169.254.1.1", "127.0.0.1", false)]
    [InlineData("169.254.1.1", "169.254.9.9", true)]
    [InlineData("127.0.0.1", "169.254.9.9", false)]
    [InlineData("169.254.169.254", "169.254.9.9", false)]
    [InlineData("169.254.169.254", "127.0.0.1", false)]
    [InlineData("10.0.0.1", "192.0.2.1", true)]
    [InlineData("172.16.0.1", "192.0.2.1", true)]
    [InlineData("192.168.0.1", "192.0.2.1", true)]
    [InlineData("fd12::1", "192.0.2.1", true)]
    [InlineData("203.0.113.9", "192.0.2.1", true)]
    public async Task As_near_as_the_hub_it_may_be_and_in_private_networks(string address, string hub, bool mayBe)
    {
        _names[Elsewhere] = [IPAddress.Parse(hub)];

        var check = Origins().CheckAsync(new UriBuilder("http", address).Uri, Ct);

        if (mayBe) await check;
        else await Assert.ThrowsAsync<DownloadException>(() => check);
    }

    [Fact]
    public async Task Of_the_addresses_of_a_name_those_that_are_refused_are_not_tried()
    {
        _names[Elsewhere] = [IPAddress.Loopback];
        _names["files.example.com"] = [IPAddress.Parse("169.254.169.254"), IPAddress.Loopback];

        var answering = AnswerAsync("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-0/1\r\nContent-Length: 1\r\n\r\nx");
        Assert.Equal(1, await SizeOf($"http://files.example.com:{Port}/fw.bin"));
        await Step.Of("it is answered", _ => answering);
    }

    [Fact]
    public async Task The_connection_goes_to_the_address_that_was_judged()
    {
        _names[Elsewhere] = [IPAddress.Loopback];
        _names["files.example.com"] = [IPAddress.Loopback];
        var answering = AnswerAsync("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-0/1\r\nContent-Length: 1\r\n\r\nx");

        Assert.Equal(1, await SizeOf($"http://files.example.com:{Port}/fw.bin"));

        await Step.Of("it is answered", _ => answering);
        Assert.Single(_lookedUp, name => name == "files.example.com"); // by nobody else: the machine does not know the name
    }

    [Theory]
    [InlineData("http://other.example.net/fw.bin", "The image is on 'other.example.net', and 'firmware.hosts' has no such host.")]
    [InlineData("http://169.254.169.254/latest", "The image is on '169.254.169.254', and 'firmware.hosts' has no such host.")]
    public async Task A_redirect_is_held_against_both_as_well(string location, string because)
    {
        _names[Elsewhere] = [IPAddress.Loopback];
        _names["files.example.com"] = [IPAddress.Loopback];
        var answering = AnswerAsync($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");

        var refusal = await RefusalOf($"http://files.example.com:{Port}/fw.bin?sign=secret", "*.example.com");

        Assert.Equal(because, refusal.Message);
        await Step.Of("it is answered", _ => answering);
    }

    [Fact]
    public async Task A_redirect_to_where_only_this_machine_gets_is_not_followed()
    {
        _names[Elsewhere] = [IPAddress.Loopback];
        _names["files.example.com"] = [IPAddress.Loopback];
        _names["inside.example.com"] = [IPAddress.Parse("169.254.7.8")];
        var answering = AnswerAsync("HTTP/1.1 302 Found\r\nLocation: http://inside.example.com/\r\nContent-Length: 0\r\n\r\n");

        var refusal = await RefusalOf($"http://files.example.com:{Port}/fw.bin");

        Assert.StartsWith("The image is on 'inside.example.com' at 169.254.7.8, a link-local", refusal.Message, StringComparison.Ordinal);
        await Step.Of("it is answered", _ => answering);
    }

    [Theory]
    [InlineData("files.example.com", "http://files.example.com/", true)]
    [InlineData("files.example.com", "https://FILES.example.com.:8443/", true)]
    [InlineData("files.example.com", "http://xfiles.example.com/", false)]
    [InlineData("files.example.com", "http://files.example.com.evil.net/", false)]
    [InlineData("*.example.com", "http://a.b.example.com/", true)]
    [InlineData("*.example.com", "http://example.com/", false)]
    [InlineData("*.example.com", "http://notexample.com/", false)]
    [InlineData("10.0.0.1", "http://10.0.0.1/", true)]
    [InlineData("fd00:0::1", "http://[fd00::1]/", true)]
    [InlineData("files.example.com", "http://user@files.example.com/", true)]
    [InlineData("files.example.com", "http://files.example.com@other.net/", false)]
    public async Task The_hosts_of_the_configuration_narrow_where_images_come_from(string hosts, string url, bool mayBe)
    {
        var check = Origins(hosts).CheckAsync(new Uri(url), Ct);

        if (mayBe) await check;
        else await Assert.ThrowsAsync<DownloadException>(() => check);
    }

    [Theory]
    [InlineData("http://files.example.com/fw.bin", "GET http://files.example.com/fw.bin HTTP/1.1")]
    [InlineData("https://files.example.com/fw.bin", "CONNECT files.example.com:443 HTTP/1.1")]
    public async Task The_proxy_that_the_operator_has_set_may_be_anywhere(string url, string asked)
    {
        var origins = Origins();
        using var client = ImageRequest.CreateClient(origins, new WebProxy("127.0.0.1", Port));
        var answering = AnswerAsync("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");

        await Assert.ThrowsAnyAsync<Exception>(
            () => Step.Of("the proxy answers", ct => new ImageRequest(client, origins).SendAsync(new Uri(url), 0, 1, ct)));

        Assert.Equal(asked, await Step.Of("it is answered", _ => answering));
    }

    [Fact]
    public async Task A_plain_address_is_refused_before_a_proxy_is_asked_for_it()
    {
        var origins = Origins();
        using var client = ImageRequest.CreateClient(origins, new WebProxy("127.0.0.1", Port));

        await Assert.ThrowsAsync<DownloadException>(() => Step.Of("it is refused", ct =>
            new ImageRequest(client, origins).SendAsync(new Uri("http://169.254.169.254/"), 0, 1, ct)));

        Assert.False(_server.Pending());
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ImageOrigins Origins(params string[] hosts) => new(hosts, Elsewhere, (name, _) =>
    {
        lock (_lookedUp) _lookedUp.Add(name);
        return IPAddress.TryParse(name, out var literal) ? Task.FromResult(new HostAddresses([literal], AreRemembered: false))
            : _names.TryGetValue(name, out var addresses) ? Task.FromResult(new HostAddresses(addresses, AreRemembered: false))
            : Task.FromException<HostAddresses>(new SocketException((int)SocketError.HostNotFound));
    });

    private Task<DownloadException> RefusalOf(string url, params string[] hosts) =>
        Assert.ThrowsAsync<DownloadException>(() => SizeOf(url, hosts));

    private async Task<long?> SizeOf(string url, params string[] hosts)
    {
        var origins = Origins(hosts);
        using var client = ImageRequest.CreateClient(origins);
        var (response, _, to) = await Step.Of(
            "the server answers", ct => new ImageRequest(client, origins).SendAsync(new Uri(url), 0, 1, ct));
        response.Dispose();
        return to;
    }

    private async Task<string> AnswerAsync(string answer)
    {
        using var connection = await _server.AcceptTcpClientAsync(Ct);
        await using var stream = connection.GetStream();
        using var reader = new StreamReader(stream, leaveOpen: true);
        var asked = new List<string>();
        while (await reader.ReadLineAsync(Ct) is { Length: > 0 } line) asked.Add(line);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Ct);
        await stream.FlushAsync(Ct);
        return asked[0];
    }
}
