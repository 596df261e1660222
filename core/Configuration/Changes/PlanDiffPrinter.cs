using System.Globalization;
using BridgeFramework.Printing;

namespace BridgeFramework.Configuration;

/// <summary>Prints what differs between two plans as an operator reads it: of channels, of sub-devices and of the gateway itself what
/// comes, what changes and what goes, and what that takes.</summary>
/// <remarks>Long lists end with a count of the rest. No secret is printed.</remarks>
public static class PlanDiffPrinter
{
    private const int MaxLines = 20; // of what comes, of what changes and of what goes

    /// <summary>Prints it; nothing where nothing differs.</summary>
    /// <param name="diff">What differs.</param>
    /// <param name="output">Takes the text.</param>
    /// <param name="startsAnew">Whether a channel, by its name, has to start anew where nothing but sub-devices of it differ, because its
    /// driver takes no other ones while it runs; <see langword="null"/> where that is not known.</param>
    public static void Print(PlanDiff diff, TextWriter output, Func<string, bool>? startsAnew = null)
    {
        ArgumentNullException.ThrowIfNull(diff);
        ArgumentNullException.ThrowIfNull(output);
        Section(output, "Channels", [.. diff.Channels.Select(channel => LineOf(channel, diff)), .. Touched(diff, startsAnew)]);
        Section(output, "Sub-devices", [.. diff.SubDevices.Select(LineOf)]);
        Section(output, "Gateway", [.. diff.Gateway.Select(LineOf)]);
    }

    private static void Section(TextWriter output, string title, IReadOnlyList<(char Sign, string Text)> lines)
    {
        if (lines.Count == 0) return;
        output.WriteLine(title);
        foreach (char sign in "+~-!")
        {
            string[] all = [.. lines.Where(line => line.Sign == sign).Select(line => line.Text)];
            foreach (string text in all.Take(MaxLines)) output.WriteLine($"  {sign} {ForeignText.OneLine(text)}");
            if (all.Length > MaxLines)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {sign} and {all.Length - MaxLines} more"));
        }
    }

    private static (char Sign, string Text) LineOf(ChannelChange channel, PlanDiff diff) => channel.Change switch
    {
        PlanChange.Added => ('+', $"{channel.Name}: {Count(diff, channel.Name)}"),
        PlanChange.Changed => ('~', $"{channel.Name}: {DiffWords.Of(channel.Settings)} (starts anew)"),
        _ => ('-', channel.Name),
    };

    private static (char Sign, string Text) LineOf(SubDeviceChange device) => device.Change switch
    {
        PlanChange.Added => ('+', $"{device.Id} on {device.Channel}"),
        PlanChange.Changed => ('~', $"{device.Id}: {DiffWords.Of(device)}"),
        _ => ('-', $"{device.Id} (leaves: what of it waits is sent first)"),
    };

    private static (char Sign, string Text) LineOf(GatewayChange change) => change.Effect switch
    {
        TakesEffect.AtOnce => ('~', DiffWords.Of(change.Setting)),
        TakesEffect.WithNewConnection => ('~', $"{DiffWords.Of(change.Setting)} (reconnects)"),
        _ => ('!', $"{DiffWords.Of(change.Setting)} (needs a restart)"),
    };

    /// <summary>Channels that stay as they are, of which sub-devices differ.</summary>
    private static IEnumerable<(char Sign, string Text)> Touched(PlanDiff diff, Func<string, bool>? startsAnew)
    {
        var others = diff.Channels.Select(channel => channel.Name).ToHashSet(StringComparer.Ordinal);
        string What(string channel) => startsAnew?.Invoke(channel) switch
        {
            true => "starts anew",
            false => "goes on",
            null => "starts anew, unless its driver takes other sub-devices while it runs",
        };
        return diff.SubDevices.SelectMany(device => new[] { device.Channel, device.MovesFrom }).OfType<string>()
            .Where(channel => !others.Contains(channel)).Distinct(StringComparer.Ordinal)
            .Select(channel => ('~', $"{channel}: other sub-devices ({What(channel)})"));
    }

    private static string Count(PlanDiff diff, string channel)
    {
        int count = diff.SubDevices.Count(
            device => device.Change != PlanChange.Removed && string.Equals(device.Channel, channel, StringComparison.Ordinal));
        return count == 1 ? "1 sub-device" : string.Create(CultureInfo.InvariantCulture, $"{count} sub-devices");
    }
}
