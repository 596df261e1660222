using System.Text;
using System.Text.Json;
using BridgeFramework.Files;
using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration;

/// <summary>Finds the secret that <c>file:path</c> or <c>env:NAME</c> speaks of; any other text is the secret itself.</summary>
internal sealed class SecretReader(
    string baseDirectory, IReadOnlyDictionary<string, string> environment, ExposureSearch exposures,
    ICollection<ConfigurationMistake> mistakes)
{
    /// <summary>How long a secret may be, in bytes of UTF-8.</summary>
    public const int MaxLength = 4096;

    private const string FilePrefix = "file:";
    private const string EnvironmentPrefix = "env:";

    /// <summary>Whether a text only says where the secret is, so that it may be shown.</summary>
    public static bool IsReference(string text) =>
        text.StartsWith(FilePrefix, StringComparison.Ordinal) || text.StartsWith(EnvironmentPrefix, StringComparison.Ordinal);

    /// <summary>Reads the secrets of all products and sub-devices, so that all that cannot be read are said at once.</summary>
    public IReadOnlyDictionary<ConfigurationNode, Secret> ReadAll(ConfigurationNode expanded)
    {
        var secrets = new Dictionary<ConfigurationNode, Secret>();
        foreach (var product in expanded["products"]?.Members.Select(member => member.Value) ?? [])
        {
            Read(product, secrets);
            // What it signs and deciphers with it, the hub checks only when a device asks.
            if (product["secret"] is { } node && secrets.TryGetValue(node, out var secret)
                && !ProductSecret.TryParse(secret.Reveal(), out _, out string? problem))
                mistakes.Add(node.Origin.Mistake($"this is no product secret: {problem}."));
        }

        foreach (var device in expanded["channels"]?.Members.SelectMany(channel => channel.Value["devices"]?.Items ?? []) ?? [])
            Read(device, secrets);
        return secrets;
    }

    private void Read(ConfigurationNode holder, Dictionary<ConfigurationNode, Secret> secrets)
    {
        if (holder["secret"] is { Kind: JsonValueKind.String, Text.Length: > 0 } node && !secrets.ContainsKey(node)
            && Read(node) is { } secret)
            secrets.Add(node, secret);
    }

    /// <summary>Gives the secret, or <see langword="null"/> and a mistake.</summary>
    private Secret? Read(ConfigurationNode node)
    {
        string text = node.Text;
        if (string.Equals(text, Secret.Mask, StringComparison.Ordinal))
        {
            mistakes.Add(node.Origin.Mistake(
                "the secret is \"***\", which stands for one that was not shown: put \"file:…\", \"env:…\" or the secret itself.",
                isWarning: true));
            return null;
        }

        if (text.StartsWith(FilePrefix, StringComparison.Ordinal)) return ReadFile(node, text[FilePrefix.Length..]);
        if (text.StartsWith(EnvironmentPrefix, StringComparison.Ordinal)) return ReadVariable(node, text[EnvironmentPrefix.Length..]);
        return new Secret(text);
    }

    private Secret? ReadVariable(ConfigurationNode node, string name)
    {
        if (environment.TryGetValue(name, out string? value) && value.Trim() is { Length: > 0 and <= MaxLength } text)
            return new Secret(text);
        mistakes.Add(node.Origin.Mistake($"the environment variable {SchemaWords.Quoted(name)} is not set, is empty or is over "
            + $"{MaxLength} characters: set it to the secret."));
        return null;
    }

    private Secret? ReadFile(ConfigurationNode node, string path)
    {
        try
        {
            string full = Path.GetFullPath(path, baseDirectory);
            using var file = NamedFile.OpenRead(full);
            var buffer = new byte[MaxLength + 1];
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            string text = Encoding.UTF8.GetString(buffer, 0, length).Trim();
            if (length > MaxLength || text.Length == 0)
            {
                mistakes.Add(node.Origin.Mistake(
                    $"the secret file {SchemaWords.Quoted(full)} {(text.Length == 0 ? "is empty" : "is too long")}: expected one line of "
                        + $"at most {MaxLength} bytes."));
                return null;
            }

            exposures.Look(node.Origin, full, file);
            if (SecretModes.IsOpen(file))
                mistakes.Add(node.Origin.Mistake(
                    $"other users can read or change the secret file {SchemaWords.Quoted(full)}: chmod 600 it.", isWarning: true));
            return new Secret(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            mistakes.Add(node.Origin.Mistake($"the secret file {SchemaWords.Quoted(path)} cannot be read: {e.Message}"));
            return null;
        }
    }
}
