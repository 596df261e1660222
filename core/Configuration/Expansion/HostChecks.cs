using System.Text.Json;
using System.Text.RegularExpressions;

namespace BridgeFramework.Configuration;

/// <summary>Says where a <c>host</c> has the port in it that belongs into <c>port</c>.</summary>
internal static partial class HostChecks
{
    /// <summary>Looks at the <c>host</c> of an object that may have a <c>port</c>, too.</summary>
    public static void Check(ConfigurationNode holder, ICollection<ConfigurationMistake> mistakes)
    {
        if (holder["host"] is not { Kind: JsonValueKind.String } host) return;
        if (HostAndPort().Match(host.Text) is not { Success: true } parts) return;
        mistakes.Add(host.Origin.Mistake(
            $"{SchemaWords.Shown(host)} has a port in it: write \"host\": {SchemaWords.Quoted(parts.Groups["host"].Value)} and \"port\": "
                + $"{parts.Groups["port"].Value}."));
    }

    // An address of IPv6 has more than one colon, or brackets around it.
    [GeneratedRegex(
        @"^(?:(?<host>[^:\[\]/]+)|\[(?<host>[^\]/]+)\]):(?<port>[0-9]{1,5})$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostAndPort();
}
