using System.Net;
using System.Net.Sockets;

namespace BridgeFramework.Network;

/// <summary>How far away an address can be.</summary>
public enum AddressScope
{
    /// <summary>Anywhere, private networks included.</summary>
    Wide,

    /// <summary>This machine itself, also by the address that stands for none.</summary>
    Loopback,

    /// <summary>The link that this machine is on; nobody routes it.</summary>
    LinkLocal,

    /// <summary>A cloud's service that tells a machine about itself, its credentials included.</summary>
    Metadata,
}

/// <summary>What is known of addresses by themselves.</summary>
/// <remarks>Sources: RFC 6890 (special-purpose addresses), RFC 4291 (forms of IPv6 with IPv4 in them), RFC 6052 (64:ff9b::/96),
/// RFC 3056 (2002::/16); the metadata services' own documentation.</remarks>
public static class AddressScopes
{
    // The first that fits counts.
    private static readonly (IPNetwork Network, AddressScope Scope)[] Known =
    [
        (IPNetwork.Parse("169.254.169.254/32"), AddressScope.Metadata), // most clouds
        (IPNetwork.Parse("169.254.0.23/32"), AddressScope.Metadata), // Tencent: metadata.tencentyun.com
        (IPNetwork.Parse("169.254.170.0/24"), AddressScope.Metadata), // AWS: containers
        (IPNetwork.Parse("100.100.100.200/32"), AddressScope.Metadata), // Alibaba
        (IPNetwork.Parse("168.63.129.16/32"), AddressScope.Metadata), // Azure
        (IPNetwork.Parse("192.0.0.192/32"), AddressScope.Metadata), // Oracle
        (IPNetwork.Parse("fd00:ec2::/32"), AddressScope.Metadata), // AWS
        (IPNetwork.Parse("fd20:ce::254/128"), AddressScope.Metadata), // Google
        (IPNetwork.Parse("169.254.0.0/16"), AddressScope.LinkLocal),
        (IPNetwork.Parse("fe80::/10"), AddressScope.LinkLocal),
        (IPNetwork.Parse("127.0.0.0/8"), AddressScope.Loopback),
        (IPNetwork.Parse("0.0.0.0/8"), AddressScope.Loopback), // a connection to 0.0.0.0 goes to this machine
        (IPNetwork.Parse("::/127"), AddressScope.Loopback), // :: and ::1
    ];

    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork Tunnelled = IPNetwork.Parse("2002::/16");

    /// <summary>Says it.</summary>
    /// <param name="address">The address, in whatever form.</param>
    public static AddressScope ScopeOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        foreach (var (network, scope) in Known)
            if (network.Contains(address)) return scope;
        return Embedded(address) is { } inner ? ScopeOf(inner) : AddressScope.Wide;
    }

    /// <summary>The IPv4 address in one of IPv6.</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        byte[] bytes = address.GetAddressBytes();
        return Compatible.Contains(address) || Translated.Contains(address) ? new IPAddress(bytes.AsSpan(12))
            : Tunnelled.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4)) : null;
    }
}
