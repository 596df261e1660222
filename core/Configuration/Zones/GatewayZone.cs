using System.Globalization;

namespace BridgeFramework.Configuration;

/// <summary>The time zone that log lines and maintenance windows go by: the machine's.</summary>
/// <remarks>.NET takes UTC, without a word, where the machine is told to be in a zone that it does not know: a slip, a rule such as
/// <c>CST-8</c>, or a small image without the files of zones.</remarks>
/// <param name="Id">The zone in force, as the database of time zones calls it.</param>
/// <param name="Offset">How far its clock is from UTC now.</param>
/// <param name="Unknown">What names a zone that is not known here, and that zone; <see langword="null"/> where all is well.</param>
internal sealed record GatewayZone(string Id, TimeSpan Offset, (string Source, string Name)? Unknown)
{
    private const string Utc = "UTC";
    private const string Link = "/etc/localtime";

    /// <summary>The zone of this process.</summary>
    /// <param name="environment">The environment, whose <c>TZ</c> takes precedence over the machine's file.</param>
    public static GatewayZone Here(IReadOnlyDictionary<string, string> environment) => Of(
        TimeProvider.System.GetLocalNow(), TimeProvider.System.LocalTimeZone.Id, environment, TargetOf(Link));

    /// <summary>The same from what has been read.</summary>
    /// <param name="now">The time now, by the zone's clock.</param>
    /// <param name="id">The zone in force.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="broken">Where the machine's file leads to, if there is nothing.</param>
    public static GatewayZone Of(
        DateTimeOffset now, string id, IReadOnlyDictionary<string, string> environment, string? broken)
    {
        bool isFallback = string.Equals(id, Utc, StringComparison.Ordinal);
        if (environment.GetValueOrDefault("TZ") is { Length: > 0 } named)
            return new GatewayZone(id, now.Offset, isFallback && !IsUtc(Resolved(named)) ? ("environment TZ", named) : null);
        return new GatewayZone(id, now.Offset, isFallback && broken is not null && !IsUtc(broken) ? (Link, broken) : null);
    }

    /// <summary>What is wrong with it, if anything.</summary>
    public ConfigurationMistake? Mistake() => Unknown is not { } unknown ? null : new ConfigurationMistake
    {
        File = unknown.Source,
        Message = $"time zone {SchemaWords.Quoted(unknown.Name)} is not known here, so log and maintenance windows go by UTC: expected a "
            + "name such as Asia/Shanghai, and the files of time zones (package tzdata).",
        IsWarning = true,
    };

    /// <summary>The zone in a few words, such as <c>Asia/Shanghai, now UTC+08:00</c>.</summary>
    public override string ToString()
    {
        if (Unknown is { } unknown) return $"UTC, for time zone {SchemaWords.Quoted(unknown.Name)} is not known here";
        return string.Create(CultureInfo.InvariantCulture, $"{Id}, now UTC{(Offset < TimeSpan.Zero ? '-' : '+')}{Offset:hh\\:mm}");
    }

    private static string? TargetOf(string link) => !File.Exists(link) ? new FileInfo(link).LinkTarget : null;

    /// <summary>A file is what it leads to, such as <c>/etc/localtime</c> of a machine in UTC.</summary>
    private static string Resolved(string named) => named.TrimStart(':') is var path && Path.IsPathRooted(path) && File.Exists(path)
        ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : named;

    /// <summary>Whether it is UTC that is meant: by a name or a file of the database, or as a rule.</summary>
    private static bool IsUtc(string name) =>
        name.TrimStart(':').Split('/')[^1] is Utc or "UTC0" or "UCT" or "Zulu" or "Universal" or "GMT" or "GMT0" or "Greenwich";
}
