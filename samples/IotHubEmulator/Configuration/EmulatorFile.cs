using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Reads the configuration file of the program; README.md has its table. Collects every mistake
/// instead of stopping at the first.</summary>
internal sealed class EmulatorFile
{
    private const int OfficialMqttPort = 1883;
    private const int DefaultHttpPort = 8380;
    private const int MaxFileBytes = 10 * 1024 * 1024;

    private readonly string _path;
    private readonly List<string> _mistakes = [];

    private EmulatorFile(string path) => _path = path;

    /// <returns>The options, or the mistakes as sentences with file and line.</returns>
    public static (HubEmulatorOptions? Options, IReadOnlyList<string> Mistakes) Read(string path, ILoggerFactory logging)
    {
        var file = new EmulatorFile(path);
        var options = file.Load() is { } root ? file.ReadOptions(root, logging) : null;
        return file._mistakes.Count == 0 ? (options, []) : (null, file._mistakes);
    }

    private JsonPlace? Load()
    {
        try
        {
            var info = new FileInfo(_path);
            if (info.Exists && info.Length > MaxFileBytes)
            {
                _mistakes.Add($"{_path}: has {info.Length} bytes, at most {MaxFileBytes} are read.");
                return null;
            }

            return JsonPlace.Parse(File.ReadAllBytes(_path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _mistakes.Add($"{_path}: cannot be read: {exception.Message} Give an existing file with --config.");
        }
        catch (JsonException exception)
        {
            _mistakes.Add(
                $"{_path}, line {exception.LineNumber + 1}: is not JSON (comments and trailing commas are allowed): {exception.Message}");
        }
        catch (InvalidOperationException exception)
        {
            _mistakes.Add($"{_path}: holds a text that is not Unicode: {exception.Message}");
        }

        return null;
    }

    private HubEmulatorOptions ReadOptions(JsonPlace root, ILoggerFactory logging)
    {
        var listen = IPAddress.Loopback;
        int mqttPort = OfficialMqttPort, httpPort = DefaultHttpPort;
        int? tlsPort = null;
        bool strict = false;
        double answerDelay = 20;
        int? uplinkSamplesKept = null;
        List<EmulatedDevice> devices = [];
        var productSecrets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Members(root, "the file"))
        {
            switch (name)
            {
                case "listen":
                    if (value.Kind is JsonTokenType.String && IPAddress.TryParse(value.Text, out var address)
                        && IPAddress.IsLoopback(address)) listen = address;
                    else Expect(value, name, "a loopback address such as \"127.0.0.1\" (the emulator does not listen elsewhere)");
                    break;
                case "mqttPort": mqttPort = Number(value, name, 0, 65535); break;
                case "httpPort": httpPort = Number(value, name, 0, 65535); break;
                case "mqttTlsPort": tlsPort = Number(value, name, 0, 65535); break;
                case "answerDelayMilliseconds": answerDelay = Number(value, name, 0, 60_000); break;
                case "uplinkSamplesKept": uplinkSamplesKept = Number(value, name, 1, 10_000_000); break;
                case "strict":
                    if (value.Kind is JsonTokenType.True or JsonTokenType.False) strict = value.Kind is JsonTokenType.True;
                    else Expect(value, name, "true or false");
                    break;
                case "productSecrets":
                    foreach (var (product, secret) in Members(value, name))
                        if (Text(secret, name) is { } text)
                            productSecrets[product] = IsProductSecret(text) ? text : Refuse(secret, product);
                    break;
                case "devices": devices = ReadDevices(value); break;
                case "$schema": break;
                default:
                    Unknown(
                        value,
                        name,
                        "listen, mqttPort, mqttTlsPort, httpPort, answerDelayMilliseconds, uplinkSamplesKept, strict, "
                        + "productSecrets, devices");
                    break;
            }
        }

        var defaults = new HubEmulatorOptions();
        return new HubEmulatorOptions
        {
            UplinkSamplesKept = uplinkSamplesKept ?? defaults.UplinkSamplesKept,
            Listen = listen,
            MqttPort = mqttPort,
            MqttTlsPort = tlsPort,
            HttpPort = httpPort,
            Strict = strict,
            AnswerDelay = TimeSpan.FromMilliseconds(answerDelay),
            ProductSecrets = productSecrets,
            Devices = devices,
            LoggerFactory = logging,
        };
    }

    private List<EmulatedDevice> ReadDevices(JsonPlace list)
    {
        if (list.Kind is not JsonTokenType.StartArray)
        {
            Expect(list, "devices", "an array");
            return [];
        }

        var placed = new List<(EmulatedDevice Device, int Line)>();
        foreach (var item in list.Items)
            if (ReadDevice(item) is { } device) placed.Add((device, item.Line));
        // What one device says of another is the registry's to judge; it is asked in the order a hub is filled.
        var registry = new DeviceRegistry();
        foreach (var (device, line) in placed.OrderBy(entry => entry.Device.Kind))
        {
            try
            {
                registry.Add(device);
            }
            catch (ArgumentException exception)
            {
                _mistakes.Add($"{_path}, line {line}: {exception.Message.Split(" (Parameter")[0]}");
            }
        }

        return [.. placed.Select(entry => entry.Device)];
    }

    private EmulatedDevice? ReadDevice(JsonPlace place)
    {
        string? productId = null, deviceName = null, secret = null;
        HubDeviceKind? kind = null;
        HubDeviceId? boundTo = null;
        int before = _mistakes.Count;
        foreach (var (name, value) in Members(place, "a device"))
        {
            switch (name)
            {
                case "productId": productId = Text(value, name); break;
                case "deviceName": deviceName = Text(value, name); break;
                case "deviceSecret": secret = Text(value, name); break;
                case "kind":
                    kind = value.Text switch { "gateway" => HubDeviceKind.Gateway, "subDevice" => HubDeviceKind.SubDevice, _ => null };
                    if (kind is null) Expect(value, name, "\"gateway\" or \"subDevice\"");
                    break;
                case "boundTo":
                    if (value.Kind is JsonTokenType.Null) break;
                    if (HubDeviceId.TryParse(value.Text, out var gateway)) boundTo = gateway;
                    else Expect(value, name, "\"productId/deviceName\" of a gateway");
                    break;
                default: Unknown(value, name, "productId, deviceName, deviceSecret, kind, boundTo"); break;
            }
        }

        if (_mistakes.Count > before) return null;
        foreach (
            var (name, isMissing) in new[] { ("productId", productId is null), ("deviceName", deviceName is null), ("kind", kind is null) })
            if (isMissing) _mistakes.Add($"{_path}, line {place.Line}: a device without '{name}'.");
        if (productId is null || deviceName is null || kind is null) return null;
        return new EmulatedDevice { Id = new(productId, deviceName), Kind = kind.Value, DeviceSecret = secret ?? "", BoundTo = boundTo };
    }

    private IReadOnlyList<KeyValuePair<string, JsonPlace>> Members(JsonPlace place, string what)
    {
        if (place.Kind is not JsonTokenType.StartObject) Expect(place, what, "an object");
        foreach (var again in place.Members.GroupBy(member => member.Key, StringComparer.Ordinal).Where(group => group.Count() > 1))
            _mistakes.Add($"{_path}, line {again.Last().Value.Line}: '{again.Key}' is there twice in {what}.");
        return place.Members;
    }

    private string? Text(JsonPlace value, string name)
    {
        if (value.Kind is JsonTokenType.String) return value.Text;
        Expect(value, name, "a text");
        return null;
    }

    private static bool IsProductSecret(string text) => text.Length is >= 16 and <= 256 && text.All(c => c is > ' ' and <= '~');

    private string Refuse(JsonPlace place, string product)
    {
        _mistakes.Add(
            $"{_path}, line {place.Line}: the secret of product '{product}' must be 16 to 256 printable ASCII characters without spaces.");
        return "";
    }

    private int Number(JsonPlace value, string name, int min, int max)
    {
        if (value.Kind is JsonTokenType.Number && int.TryParse(value.Text, CultureInfo.InvariantCulture, out int number) && number >= min
            && number <= max)
            return number;
        Expect(value, name, string.Create(CultureInfo.InvariantCulture, $"an integer from {min} to {max}"));
        return min;
    }

    // A secret is never repeated in a message, even where it does not belong.
    private void Expect(JsonPlace value, string name, string expected) => _mistakes.Add(name is "deviceSecret" or "productSecrets"
        ? $"{_path}, line {value.Line}: '{name}' must be {expected}."
        : $"{_path}, line {value.Line}: '{name}' must be {expected}, not {value.Text}.");

    private void Unknown(JsonPlace value, string name, string known) =>
        _mistakes.Add($"{_path}, line {value.Line}: '{name}' is not known here; known are {known}.");
}
