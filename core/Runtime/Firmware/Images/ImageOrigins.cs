using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using BridgeFramework.Network;

namespace BridgeFramework.Runtime;

/// <summary>Where images may come from. Who orders an update names an address, and a server that is asked may name another one: neither is
/// to have the gateway ask what only this machine can reach.</summary>
/// <remarks>A name is looked up once for each connection, and the connection goes to an address that was judged. Where the operator has
/// set a proxy that looks the name up, and only hosts and plain addresses are judged here.</remarks>
/// <param name="hosts">The hosts; none for any.</param>
/// <param name="hub">Where the hub is, unless it is the public cloud: what is as near as the hub is no secret from it.</param>
/// <param name="find">Looks up a name.</param>
internal sealed class ImageOrigins(
    IReadOnlyList<string> hosts, string? hub, Func<string, CancellationToken, Task<HostAddresses>> find)
{
    private volatile IReadOnlyList<string> _hosts = hosts;
    private volatile string? _hub = hub;

    /// <summary>Those that are looked up as everything is.</summary>
    public ImageOrigins(IReadOnlyList<string> hosts, string? hub)
        : this(hosts, hub, (name, cancellationToken) => HostLookup.Shared.FindAsync(name, within: null, cancellationToken))
    {
    }

    /// <summary>These from now on. A connection that stands is not asked again.</summary>
    public void Become(IReadOnlyList<string> from, string? near) => (_hosts, _hub) = (from, near);

    /// <summary>Looks at an address before its server is asked.</summary>
    /// <exception cref="DownloadException">No image may come from there.</exception>
    public async Task CheckAsync(Uri url, CancellationToken cancellationToken)
    {
        string host = url.IdnHost.TrimEnd('.');
        if (_hosts is { Count: > 0 } known && !known.Any(allowed => Covers(allowed, host)))
            throw Refused($"The image is on '{host}', and 'firmware.hosts' has no such host.");
        if (IPAddress.TryParse(host, out var literal)) await AllowedAsync(host, [literal], cancellationToken);
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="DownloadException">No image may come from there.</exception>
    /// <exception cref="SocketException">The name cannot be looked up, or no address takes the connection.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (IsToProxy(context)) return await HttpConnect.ConnectAsync(context, cancellationToken);
        string host = context.DnsEndPoint.Host;
        var found = await find(host, cancellationToken);
        var allowed = found with { All = await AllowedAsync(host, found.All, cancellationToken) };
        return await HttpConnect.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
    }

    private async Task<List<IPAddress>> AllowedAsync(string host, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        var allowed = new List<IPAddress>();
        foreach (var address in addresses)
            if (await IsAllowedAsync(AddressScopes.ScopeOf(address), cancellationToken)) allowed.Add(address);
        if (allowed.Count > 0) return allowed;
        string place = IPAddress.TryParse(host, out _) ? $"at {host}" : $"on '{host}' at {addresses[0]}";
        throw Refused($"The image is {place}, {InWords(AddressScopes.ScopeOf(addresses[0]))}: none is fetched from there.");
    }

    private async Task<bool> IsAllowedAsync(AddressScope scope, CancellationToken cancellationToken)
    {
        if (scope is AddressScope.Wide or AddressScope.Metadata || _hub is not { } near) return scope == AddressScope.Wide;
        try
        {
            return (await find(near, cancellationToken)).All.Any(address => AddressScopes.ScopeOf(address) == scope);
        }
        catch (SocketException)
        {
            return false; // nobody knows where it is
        }
    }

    /// <summary>Whether the connection is to whom the operator has put before all servers. That is asked by <c>CONNECT</c>, or for what is
    /// elsewhere.</summary>
    private static bool IsToProxy(SocketsHttpConnectionContext context)
    {
        var (request, endpoint) = (context.InitialRequestMessage, context.DnsEndPoint);
        return request.Method == HttpMethod.Connect || request.RequestUri is not { } url || url.Port != endpoint.Port
            || !string.Equals(url.IdnHost, endpoint.Host, StringComparison.OrdinalIgnoreCase);
    }

    private static bool Covers(string allowed, string host) => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
        : string.Equals(allowed, host, StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(allowed, out var address) && IPAddress.TryParse(host, out var other) && address.Equals(other));

    private static string InWords(AddressScope scope) => scope switch
    {
        AddressScope.Loopback => "which is this machine itself, and the hub is elsewhere",
        AddressScope.LinkLocal => "a link-local address, and the hub has none",
        _ => "where clouds tell a machine its credentials",
    };

    private static DownloadException Refused(string reason) => new(DownloadTrouble.Refused, reason);
}
