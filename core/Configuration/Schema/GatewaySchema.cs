using System.Text.Json.Nodes;

namespace BridgeFramework.Configuration;

/// <summary>The schema of <c>bridge.json</c>: the one list of keys, types, ranges and defaults.</summary>
internal static class GatewaySchema
{
    /// <summary>The schema's JSON, for editors and for tests of the documentation.</summary>
    public static string Text { get; } = Read();

    /// <summary>The whole.</summary>
    public static JsonSchema Root { get; } = new(JsonNode.Parse(Text));

    private static string Read()
    {
        using var stream = typeof(GatewaySchema).Assembly.GetManifestResourceStream("bridge.schema.json")
            ?? throw new InvalidOperationException("The schema of bridge.json is not in this assembly: the build has left it out.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
