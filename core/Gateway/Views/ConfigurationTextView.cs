using System.Globalization;
using BridgeFramework.Configuration;

namespace BridgeFramework.Gateway;

/// <summary>The configuration in force as <c>bridge config show</c> prints it.</summary>
/// <param name="Text">JSON with comments, without any secret.</param>
internal sealed record ConfigurationTextView(string Text)
{
    public static ConfigurationTextView Of(RunningGateway gateway, bool expanded)
    {
        var configuration = gateway.Host.Configuration;
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine(
            configuration.Files.KeptAt is { } at
                ? string.Create(
                    CultureInfo.InvariantCulture, $"// What {gateway.Identity} runs: the last good files, kept {at:yyyy-MM-dd HH:mm:ss}Z.")
                : $"// What {gateway.Identity} runs.");
        ConfigurationPrinter.Print(configuration, expanded, text);
        return new ConfigurationTextView(text.ToString());
    }
}
