using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>Reads the official SDKs' <c>device_info.json</c> as it is: both shapes of <c>subDev</c>, unknown fields ignored.</summary>
/// <remarks>Source: the sample configuration files of the official Python and C SDKs of Tencent Cloud IoT Hub.</remarks>
public static class DeviceInfoFile
{
    private const int MaxLength = 1024 * 1024;
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file. Certificate paths in it are taken relative to it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DeviceInfoException">It cannot be read or used; all its mistakes at once.</exception>
    public static DeviceInfo Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] content;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxLength } file)
                throw new DeviceInfoException(path, [$"has {file.Length} bytes; a device_info.json has at most {MaxLength}"]);
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeviceInfoException(path, ["cannot be read: " + e.Message], e);
        }

        return Parse(content, path);
    }

    /// <summary>Reads the content of such a file.</summary>
    /// <param name="content">UTF-8 JSON, with or without a byte order mark.</param>
    /// <param name="path">What to call it in messages, and what its relative paths are relative to.</param>
    /// <exception cref="DeviceInfoException">It cannot be used; all its mistakes at once.</exception>
    public static DeviceInfo Parse(ReadOnlyMemory<byte> content, string path)
    {
        if (content.Span.StartsWith(Utf8Mark)) content = content[Utf8Mark.Length..];
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 16 });
            var fields = new DeviceInfoFields(document.RootElement);
            var info = Read(fields, Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
            return fields.Problems.Count == 0 && info is not null ? info : throw new DeviceInfoException(path, fields.Problems);
        }
        catch (JsonException e)
        {
            string where = e is { LineNumber: { } line, BytePositionInLine: { } column } ? $"line {line + 1}, column {column + 1}: " : "";
            throw new DeviceInfoException(path, [where + "not valid JSON: " + Reason(e)], e);
        }
        catch (InvalidOperationException e)
        {
            throw new DeviceInfoException(path, ["has text that is not valid UTF-8"], e);
        }
    }

    private static DeviceInfo? Read(DeviceInfoFields file, string folder)
    {
        if (!file.IsObject)
        {
            file.Problem("must be a JSON object");
            return null;
        }

        var gateway = file.Identity("productId", "deviceName");
        var productSecret = file.ProductSecret("productSecret");
        var credentials = productSecret is null || HasOwn(file) ? ReadCredentials(file, folder) : null;
        var subDevices = ReadSubDevices(file);
        if (gateway is not { } identity) return null;
        string? ca = credentials is CertificateCredentials ? file.Section("cert_deviceinfo")?.OptionalText("devCaFile") : null;
        return new DeviceInfo
        {
            Gateway = identity,
            Credentials = credentials,
            ProductSecret = productSecret,
            CaFile = ca is null ? null : Path.Combine(folder, ca),
            SubDevices = subDevices,
        };
    }

    /// <summary>Whether the gateway's own secret or certificate is filled in; if not, the product secret serves to obtain it.</summary>
    private static bool HasOwn(DeviceInfoFields file) =>
        string.Equals(file.OptionalText("auth_mode"), "CERT", StringComparison.OrdinalIgnoreCase)
            ? file.Section("cert_deviceinfo")?.IsFilledIn("devCertFile") == true
            : file.Section("key_deviceinfo")?.IsFilledIn("deviceSecret") == true;

    private static HubCredentials? ReadCredentials(DeviceInfoFields file, string folder)
    {
        string mode = file.OptionalText("auth_mode") ?? "KEY";
        if (mode.Equals("KEY", StringComparison.OrdinalIgnoreCase))
        {
            var secret = file.RequiredSection("key_deviceinfo")?.Secret("deviceSecret", required: true);
            return secret is null ? null : new KeyCredentials { Secret = secret };
        }

        if (!mode.Equals("CERT", StringComparison.OrdinalIgnoreCase))
        {
            file.Problem($"auth_mode: '{mode}' is neither KEY nor CERT");
            return null;
        }

        var section = file.RequiredSection("cert_deviceinfo");
        string? certificate = section?.RequiredText("devCertFile");
        string? key = section?.RequiredText("devPrivateKeyFile");
        return certificate is null || key is null
            ? null
            : new CertificateCredentials
            {
                CertificateFile = Path.Combine(folder, certificate),
                PrivateKeyFile = Path.Combine(folder, key),
            };
    }

    // Python: a list and how many of it count. C: one sub-device right here. Neither: no sub-devices.
    private static List<DeviceInfoSubDevice> ReadSubDevices(DeviceInfoFields file)
    {
        var found = new List<DeviceInfoSubDevice>();
        if (file.Section("subDev") is not { } section) return found;
        if (section.Items("subdev_list") is { } list)
        {
            int count = section.OptionalCount("subdev_num") ?? list.Count;
            if (count > list.Count) section.Problem($"subdev_num: {count} sub-devices are announced, but subdev_list has {list.Count}");
            foreach (var item in list.Take(count)) Add(item);
        }
        else if (section.Has("sub_productId") || section.Has("sub_devName"))
        {
            Add(section);
        }

        return found;

        void Add(DeviceInfoFields item)
        {
            var identity = item.Identity("sub_productId", "sub_devName");
            var secret = item.Secret("sub_deviceSecret", required: false);
            if (identity is not { } device) return;
            if (found.Any(other => other.Identity == device)) item.Problem($"{device} is listed twice");
            else found.Add(new DeviceInfoSubDevice(device, secret));
        }
    }

    // The library ends its message with the place, which we say ourselves.
    private static string Reason(JsonException e) => e.Message.Split(" LineNumber:", 2)[0];
}
