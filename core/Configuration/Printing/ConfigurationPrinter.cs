using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BridgeFramework.Printing;

namespace BridgeFramework.Configuration;

/// <summary>Prints a configuration as JSON that can be loaded again. Secrets print as <c>***</c>, and a comment behind each maintenance
/// window says which time zone it goes by.</summary>
public static class ConfigurationPrinter
{
    private const int Indent = 2;

    /// <summary>Prints a configuration.</summary>
    /// <param name="result">A configuration that could be read.</param>
    /// <param name="expanded">
    /// <see langword="false"/> for what is in force as it was written; <see langword="true"/> for every sub-device and every point, with
    /// the origin of each value in a comment behind it.
    /// </param>
    /// <param name="output">Takes the text.</param>
    /// <exception cref="InvalidOperationException">There was no readable configuration.</exception>
    public static void Print(ConfigurationResult result, bool expanded, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(output);
        var source = result.Source ?? throw new InvalidOperationException("There is no configuration to print: it could not be read.");
        new Writer(output, expanded, source.Zone).Write(expanded ? source.Expanded : source.Effective, 0, "");
        output.WriteLine();
    }

    private sealed class Writer(TextWriter output, bool withOrigins, GatewayZone zone)
    {
        public void Write(ConfigurationNode node, int depth, string separator)
        {
            switch (node.Kind)
            {
                case JsonValueKind.Object when node.Members.Count > 0:
                    output.WriteLine("{");
                    for (int i = 0; i < node.Members.Count; i++)
                    {
                        output.Write(new string(' ', (depth + 1) * Indent));
                        output.Write($"{Quoted(node.Members[i].Key)}: ");
                        Write(node.Members[i].Value, depth + 1, i < node.Members.Count - 1 ? "," : "");
                        output.WriteLine();
                    }

                    Close(depth, "}" + separator);
                    break;
                case JsonValueKind.Array when node.Items.Count > 0:
                    output.WriteLine("[");
                    for (int i = 0; i < node.Items.Count; i++)
                    {
                        output.Write(new string(' ', (depth + 1) * Indent));
                        Write(node.Items[i], depth + 1, i < node.Items.Count - 1 ? "," : "");
                        output.WriteLine();
                    }

                    Close(depth, "]" + separator);
                    break;
                default:
                    output.Write(Text(node));
                    output.Write(separator);
                    output.Write(Comment(node));
                    break;
            }
        }

        private void Close(int depth, string text)
        {
            output.Write(new string(' ', depth * Indent));
            output.Write(text);
        }

        private static string Text(ConfigurationNode node) => node.Kind switch
        {
            JsonValueKind.Object => "{}",
            JsonValueKind.Array => "[]",
            JsonValueKind.String or JsonValueKind.Number when SecretNames.Covers(node.Origin) => Quoted(Secret.Mask),
            JsonValueKind.String => Quoted(node.Text),
            _ => node.Text,
        };

        private string Comment(ConfigurationNode node)
        {
            string[] parts = [IsWindow(node) ? zone.ToString() : "", withOrigins ? OriginOf(node) : ""];
            string comment = string.Join("; ", parts.Where(part => part.Length > 0));
            return comment.Length > 0 ? $"   // {ForeignText.OneLine(comment)}" : "";
        }

        private static bool IsWindow(ConfigurationNode node) =>
            node is { Kind: JsonValueKind.String, Origin: { Segment: "window", Parent: { } policy } } && IsUpdatePolicy(policy);

        private static bool IsUpdatePolicy(Origin origin) =>
            origin is { Segment: "firmware", Parent.Parent.Segment: "products" } or { Segment: "gateway", Parent.Segment: "firmware" };

        private static string OriginOf(ConfigurationNode node)
        {
            // Only secrets of devices and products are looked up; in a driver's settings "file:…" may be the secret itself.
            bool isLookedUp = node.Origin is { Segment: "secret", Parent.Parent.Segment: "devices" or "products" };
            string reference = isLookedUp && SecretReader.IsReference(node.Text) ? $", {node.Text}" : "";
            return $"{node.Origin}{reference}";
        }

        private static string Quoted(string text) =>
            ForeignText.Json($"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");
    }
}
