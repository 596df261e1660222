namespace BridgeFramework.IotHub;

/// <summary>Makes a <see cref="DeviceInfo"/> of the fields of a file. A field that nothing needs is not judged.</summary>
/// <param name="file">The outermost object.</param>
/// <param name="folder">What relative paths are relative to.</param>
/// <param name="looksIntoFiles">Whether the certificate and key of a certificate device are looked into.</param>
internal sealed class DeviceInfoReader(DeviceInfoFields file, string folder, bool looksIntoFiles)
{
    private readonly List<DeviceInfoProblem> _notes = [];
    private readonly DeviceInfoFields? _certificate = file.Section("cert_deviceinfo");

    public IReadOnlyList<DeviceInfoProblem> Problems => file.Problems;

    /// <returns>Null where there are problems.</returns>
    public DeviceInfo? Read()
    {
        if (!file.IsObject)
        {
            file.Problem("must be a JSON object");
            return null;
        }

        var gateway = file.Identity("productId", "deviceName");
        bool byCertificate = IsCertificateDevice();
        // Without anything of its own it is the product secret that serves, to obtain it.
        bool registers = !HasOwn(byCertificate) && file.IsFilledIn("productSecret");
        var productSecret = ReadProductSecret(isNeeded: registers);
        HubCredentials? credentials = null;
        if (!registers) credentials = byCertificate ? ReadCertificate() : ReadSecret();
        var subDevices = ReadSubDevices();
        if (gateway is not { } identity || file.Problems.Count > 0) return null;
        return new DeviceInfo
        {
            Gateway = identity,
            Credentials = credentials,
            ProductSecret = productSecret,
            IsCertificateDevice = byCertificate,
            CaFile = _certificate?.FilledInText("devCaFile") is { } ca ? Path.Combine(folder, ca) : null,
            Region = file.FilledInText("region"),
            SubDevices = subDevices,
            Notes = _notes,
        };
    }

    private bool IsCertificateDevice()
    {
        string mode = file.OptionalText("auth_mode") ?? "KEY";
        if (mode.Equals("CERT", StringComparison.OrdinalIgnoreCase)) return true;
        if (!mode.Equals("KEY", StringComparison.OrdinalIgnoreCase)) file.Problem("auth_mode", $"'{mode}' is neither KEY nor CERT");
        return false;
    }

    private bool HasOwn(bool byCertificate) => byCertificate
        ? _certificate?.IsFilledIn("devCertFile") == true
        : file.Section("key_deviceinfo")?.IsFilledIn("deviceSecret") == true;

    private ProductSecret? ReadProductSecret(bool isNeeded)
    {
        if ((isNeeded ? file.OptionalText("productSecret") : file.FilledInText("productSecret")) is not { } text) return null;
        if (ProductSecret.TryParse(text, out var secret, out string? problem)) return secret;
        if (isNeeded) file.Problem("productSecret", problem);
        return null;
    }

    private KeyCredentials? ReadSecret() =>
        file.RequiredSection("key_deviceinfo")?.Secret("deviceSecret", ", or fill in productSecret to register the device") is { } secret
            ? new KeyCredentials { Secret = secret } : null;

    private CertificateCredentials? ReadCertificate()
    {
        var section = file.RequiredSection("cert_deviceinfo");
        string? certificate = section?.RequiredText("devCertFile", ", or fill in productSecret to register the device");
        string? key = section?.RequiredText("devPrivateKeyFile");
        if (section is null || certificate is null || key is null) return null;
        var pair = new CertificateCredentials
        {
            CertificateFile = Path.Combine(folder, certificate),
            PrivateKeyFile = Path.Combine(folder, key),
        };
        if (!looksIntoFiles) return pair;
        var (ofCertificate, ofKey) = PemFiles.ProblemsOf(pair);
        if (ofCertificate is not null) section.Problem("devCertFile", ofCertificate);
        if (ofKey is not null) section.Problem("devPrivateKeyFile", ofKey);
        return pair;
    }

    // Python: a list and how many of it count. C: one sub-device right here. Neither: no sub-devices.
    private List<DeviceInfoSubDevice> ReadSubDevices()
    {
        var found = new List<DeviceInfoSubDevice>();
        if (!file.Has("subDev") || file.RequiredSection("subDev") is not { } section) return found;
        List<DeviceInfoFields> items = [];
        if (section.Items("subdev_list") is { } list)
        {
            int count = section.OptionalCount("subdev_num") ?? list.Count;
            if (count > list.Count)
                section.Problem("subdev_num", $"{count} sub-devices are announced, but subdev_list has {list.Count}");
            items = list[..Math.Min(count, list.Count)];
        }
        else if (section.Has("sub_productId") || section.Has("sub_devName"))
        {
            items = [section];
        }

        // The samples are shipped with some.
        int blank = items.RemoveAll(item => item.IsBlank("sub_productId") || item.IsBlank("sub_devName"));
        if (blank > 0)
            _notes.Add(new DeviceInfoProblem(
                "subDev",
                $"{(blank == 1 ? "1 sub-device is" : $"{blank} sub-devices are")} not filled in (empty, or a placeholder), and ignored: "
                    + "put product id and device name there, or remove it"));
        foreach (var item in items) Add(item, found);
        return found;
    }

    private static void Add(DeviceInfoFields item, List<DeviceInfoSubDevice> found)
    {
        var identity = item.Identity("sub_productId", "sub_devName");
        var secret = item.Has("sub_deviceSecret") ? item.Secret("sub_deviceSecret") : null;
        if (identity is not { } device) return;
        if (found.Any(other => other.Identity == device)) item.Problem($"{device} is listed twice");
        else found.Add(new DeviceInfoSubDevice(device, secret));
    }
}
