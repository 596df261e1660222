using System.Text.Encodings.Web;
using System.Text.Json;

namespace BridgeFramework.Plugins;

/// <summary>Writes a manifest in the one form that it has: the same content gives the same bytes on every system.</summary>
internal static class PluginManifestWriter
{
    private static readonly JsonWriterOptions Form = new()
    {
        Indented = true,
        NewLine = "\n",
        // Read by people, and by no browser as a part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes all but the digest, which is that of what is written.</summary>
    public static byte[] Write(PluginManifest manifest)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Form))
        {
            json.WriteStartObject();
            json.WriteString("id", manifest.Id);
            json.WriteString("version", manifest.Version);
            json.WriteString("assembly", manifest.Assembly);
            json.WriteString("contractVersion", manifest.ContractVersion.ToString());
            if (manifest.ToolkitVersion is { } toolkit) json.WriteString("toolkitVersion", toolkit);
            json.WriteStartArray("drivers");
            foreach (var driver in manifest.Drivers) Write(driver, json);
            json.WriteEndArray();
            json.WriteStartObject("files");
            foreach (var (path, digest) in manifest.Files.OrderBy(f => f.Key, StringComparer.Ordinal)) json.WriteString(path, digest);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. stream.ToArray(), (byte)'\n'];
    }

    private static void Write(ManifestDriver driver, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", driver.Info.Name);
        json.WriteString("description", driver.Info.Description);
        Write("capabilities", CapabilityNames.Of(driver.Info.Capabilities), json);
        Write("exclusiveSettings", driver.Info.ExclusiveSettings, json);
        json.WriteNumber("updateConcurrency", driver.Info.UpdateConcurrency);
        if (driver.Info.OffersFirmware) json.WriteBoolean("offersFirmware", true);
        json.WritePropertyName("channel");
        driver.ChannelSchema.WriteTo(json);
        json.WritePropertyName("device");
        driver.DeviceSchema.WriteTo(json);
        json.WritePropertyName("point");
        driver.PointSchema.WriteTo(json);
        json.WriteEndObject();
    }

    private static void Write(string name, IEnumerable<string> texts, Utf8JsonWriter json)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
