using System.Text.Json;
using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration;

/// <summary>Says where what the gateway proves itself with could come to somebody else than the hub.</summary>
internal static class HubSecrecy
{
    /// <param name="hub">The section <c>hub</c>.</param>
    /// <param name="info">The gateway's identity, which may name authorities, too.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    public static void Check(ConfigurationNode hub, DeviceInfo info, ICollection<ConfigurationMistake> mistakes)
    {
        if (hub["verifyHostName"] is { Kind: JsonValueKind.False } anyName && hub["caFile"] is null && info.CaFile is null)
            mistakes.Add(anyName.Origin.Mistake(
                "without the host name and without 'caFile' whoever has any certificate of a public authority passes for the hub, and is "
                    + "given the gateway's password: set 'caFile' to the root certificate of the hub, or 'verifyHostName' to true."));
        string product = info.Gateway.ProductId;
        string host = hub.TextOf("host") ?? (HubEndpoint.CloudOf(product, info.Region) ?? HubEndpoint.CloudOf(product)).Host;
        if (hub["tls"] is { Kind: JsonValueKind.False } tls && !info.IsCertificateDevice && !LoopbackHosts.Covers(host))
            mistakes.Add(tls.Origin.Mistake(
                $"whoever is on the way to {SchemaWords.Quoted(host)} can read and change everything that goes there, and take the "
                    + "gateway's password: set 'tls' to true.",
                isWarning: true));
        if (hub["registrationUrl"] is { Kind: JsonValueKind.String } secret
            && Uri.TryCreate(secret.Text, UriKind.Absolute, out var named)
            && named.UserInfo.Length > 0)
            mistakes.Add(secret.Origin.Mistake("a user or a password has no place in this address: take out what is before '@'."));
        if (hub["registrationUrl"] is { Kind: JsonValueKind.String } address
            && Uri.TryCreate(address.Text, UriKind.Absolute, out var url)
            && string.Equals(url.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal)
            && !LoopbackHosts.Covers(url.IdnHost))
            mistakes.Add(address.Origin.Mistake(
                $"whoever is on the way to {SchemaWords.Quoted(url.Host)} can read and change the answers, in which nothing but the "
                    + "product secret protects the secrets of devices: write https.",
                isWarning: true));
    }
}
