using System.Net;

namespace BridgeFramework.Configuration;

/// <summary>Tells the hosts that are this machine from all others, without asking anybody.</summary>
internal static class LoopbackHosts
{
    /// <summary>Whether a host is this machine, whatever its hosts file says. Source: RFC 6761, section 6.3; RFC 1122, section
    /// 3.2.1.3.</summary>
    public static bool Covers(string host)
    {
        string name = host.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
