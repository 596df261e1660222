using System.Globalization;
using BridgeFramework.Configuration;
using BridgeFramework.Runtime;
using Spectre.Console;

namespace BridgeFramework.Gateway;

/// <summary>Tells an operator what is wrong with a configuration, or what a valid one holds.</summary>
internal static class PrintedMistakes
{
    private const int MaxShown = 200;

    /// <summary>Writes every mistake on a line of its own, and how many there are.</summary>
    public static void Write(ConfigurationResult result, TextWriter error) => Write(result.Mistakes, error);

    /// <inheritdoc cref="Write(ConfigurationResult, TextWriter)"/>
    public static void Write(IReadOnlyList<ConfigurationMistake> mistakes, TextWriter error)
    {
        if (mistakes.Count == 0) return;
        var terminal = Terminal.Of(error);
        var lines = MistakeLines.Of(mistakes);
        foreach (var (text, isWarning) in lines.Take(MaxShown))
            terminal.WriteLine(text, isWarning ? Color.Yellow : Color.Red);
        if (lines.Count > MaxShown) error.WriteLine($"… and {lines.Count - MaxShown} more.");
        error.WriteLine(Count(mistakes));
    }

    /// <summary>One sentence on what a valid configuration holds.</summary>
    public static string Summary(GatewayPlan configuration)
    {
        var devices = configuration.Channels.SelectMany(c => c.Devices).ToList();
        return $"Configuration is valid: {Number(configuration.Channels.Count, "channel")}, {Number(devices.Count, "sub-device")}, "
            + $"{Number(devices.Sum(d => d.Points.Count), "point")}.";
    }

    private static string Count(IReadOnlyList<ConfigurationMistake> all)
    {
        int warnings = all.Count(m => m.IsWarning);
        int mistakes = all.Count - warnings;
        return (mistakes, warnings) switch
        {
            (0, _) => Number(warnings, "warning"),
            (_, 0) => Number(mistakes, "mistake"),
            _ => $"{Number(mistakes, "mistake")}, {Number(warnings, "warning")}",
        };
    }

    private static string Number(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
