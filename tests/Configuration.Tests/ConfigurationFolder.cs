using System.Text;

namespace BridgeFramework.Configuration.Tests;

/// <summary>A configuration folder that lives as long as a test.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    /// <summary>The example of the documentation, literally.</summary>
    public const string Example = """
        {
          "hub":     { "deviceInfo": "device_info.json", "host": "127.0.0.1", "port": 1883, "tls": false },   // without host: the real cloud, 8883, TLS, "caFile"
          "plugins": { "folder": "plugins" },
          "data":    { "folder": "data" },
          "products": { "SUBPROD001": { "type": "meter", "profile": { "up": "data", "down": "control", "reply": "event" } } },
          "deviceTypes": {
            "meter": { "driver": "modbus", "interval": "1s",
              "points": {
                "voltage":  { "at": { "table": "holding", "address": 0, "type": "float32" }, "unit": "V" },
                "energy":   { "at": { "table": "holding", "address": 2, "type": "float64" }, "unit": "kWh", "interval": "10s" },
                "setpoint": { "at": { "table": "holding", "address": 10, "type": "int16", "scale": 0.1 }, "access": "readWrite" } } } },
          "channels": {
            "line1": { "driver": "modbus", "settings": { "transport": "tcp", "host": "127.0.0.1", "port": 1502 },
              "devices": [
                { "id": "SUBPROD001/test1", "secret": "file:secrets/test1", "settings": { "unitId": 1 } },
                { "range": "2..3", "id": "SUBPROD001/m{n:00}", "settings": { "unitId": "{n}" } },
                { "id": "SUBPROD002/odd1", "settings": { "unitId": 9 }, "points": { "x": { "at": { "table": "input", "address": 0, "type": "uint16" } } } } ] } }
        }
        """;

    public ConfigurationFolder()
    {
        Directory.CreateDirectory(In("secrets"));
        File.WriteAllText(
            In("device_info.json"),
            """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(In("device_info.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("bridge-test-").FullName;

    public GatewayZone Zone { get; set; } = new("UTC", TimeSpan.Zero, Unknown: null);

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void WriteSecret(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.WriteAllText(In($"secrets/{name}"), text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(In($"secrets/{name}"), mode);
    }

    public ConfigurationResult Load(string json, params string[] settings) =>
        ConfigurationLoader.Load("bridge.json", Encoding.UTF8.GetBytes(json), Path, settings, Environment, Zone);

    /// <summary>Loads what has to be free of mistakes.</summary>
    public GatewayPlan LoadValid(string json, params string[] settings)
    {
        var result = Load(json, settings);
        Assert.Empty(result.Mistakes);
        return result.Plan ?? throw new InvalidOperationException("No mistakes and no configuration.");
    }

    public static string Printed(ConfigurationResult result, bool expanded)
    {
        using var text = new StringWriter { NewLine = "\n" };
        ConfigurationPrinter.Print(result, expanded, text);
        return text.ToString();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
