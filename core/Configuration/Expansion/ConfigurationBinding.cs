using System.Globalization;
using System.Text.Json;
using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration;

/// <summary>Turns an expanded tree without mistakes into the records that the engine works with.</summary>
internal sealed class ConfigurationBinding(IReadOnlyDictionary<ConfigurationNode, Secret> secrets)
{
    // Sub-devices of one type share the places of its points: one copy serves them all.
    private readonly Dictionary<ConfigurationNode, JsonElement> _elements = [];

    /// <summary>Gives the plan.</summary>
    /// <param name="root">A tree that has been expanded and found free of mistakes.</param>
    /// <param name="deviceInfo">Who the gateway is.</param>
    public GatewayPlan Bind(ConfigurationNode root, DeviceInfo deviceInfo)
    {
        var products = (root["products"]?.Members ?? []).ToDictionary(
            m => m.Key,
            m => BindProduct(m.Value),
            StringComparer.Ordinal);
        return new GatewayPlan
        {
            Hub = BindHub(Section(root, "hub"), deviceInfo),
            DeviceInfo = deviceInfo,
            Plugins = new PluginSettings
            {
                Folder = Text(Section(root, "plugins"), "folder"),
                Trust = TrustBinding.Of(root["plugins"]),
                Trial = Duration(Section(root, "plugins"), "trial"),
                ProvenAfter = Duration(Section(root, "plugins"), "provenAfter"),
            },
            Data = new DataSettings { Folder = Text(Section(root, "data"), "folder") },
            Reload = Word<ReloadPolicy>(root, "reload"),
            Uplink = BindUplink(Section(root, "uplink")),
            Firmware = BindFirmware(Section(root, "firmware")),
            Products = products,
            Channels = [.. (root["channels"]?.Members ?? []).Select(m => BindChannel(m.Key, m.Value, products))],
        };
    }

    private static HubSettings BindHub(ConfigurationNode hub, DeviceInfo deviceInfo) => new()
    {
        DeviceInfoFile = Text(hub, "deviceInfo"),
        Host = hub.TextOf("host"),
        Port = hub["port"] is { } port ? int.Parse(port.Text, CultureInfo.InvariantCulture) : null,
        Tls = hub["tls"]?.Kind != JsonValueKind.False,
        CaFile = hub.TextOf("caFile") ?? deviceInfo.CaFile,
        VerifyHostName = hub["verifyHostName"]?.Kind != JsonValueKind.False,
        KeepAlive = Duration(hub, "keepAlive"),
        MaxSubscriptions = Number(hub, "maxSubscriptions"),
        MaxPresenceChanges = Number(hub, "maxPresenceChanges"),
        PublishRate = OptionalNumber(hub, "publishRate"),
        PublishBurst = Number(hub, "publishBurst"),
        OperationBatch = Number(hub, "operationBatch"),
        Rebind = Enum.Parse<RebindPolicy>(Text(hub, "rebind"), ignoreCase: true),
        UnbindRemoved = hub["unbindRemoved"]?.Kind == JsonValueKind.True,
        ChangeAcknowledgement = Enum.Parse<ChangeAcknowledgement>(Text(hub, "changeAcknowledgement"), ignoreCase: true),
        PairingWindow = Duration(hub, "pairingWindow"),
        RegistrationUrl = hub.TextOf("registrationUrl") is { } url ? new Uri(url) : null,
    };

    private static UplinkSettings BindUplink(ConfigurationNode uplink) => new()
    {
        MaxBytes = LongNumber(uplink, "maxBytes"),
        MaxDeviceBytes = LongNumber(uplink, "maxDeviceBytes"),
        MaxAge = Duration(uplink, "maxAge"),
        CommitInterval = Duration(uplink, "commitInterval"),
        Latency = Duration(uplink, "latency"),
        LiveShare = Number(uplink, "liveShare"),
        BadInterval = Duration(uplink, "badInterval"),
        LeaveFor = Duration(uplink, "leaveFor"),
        Storage = Word<UplinkStorage>(uplink, "storage"),
    };

    private static FirmwareSettings BindFirmware(ConfigurationNode firmware) => new()
    {
        MaxBytes = LongNumber(firmware, "maxBytes"),
        Reserve = LongNumber(firmware, "reserve"),
        DownloadRate = LongNumber(firmware, "downloadRate"),
        Downloads = Number(firmware, "downloads"),
        Updates = Number(firmware, "updates"),
        Deadline = Duration(firmware, "deadline"),
        OfferLifetime = Duration(firmware, "offerLifetime"),
        Hosts = [.. (firmware["hosts"]?.Items ?? []).Select(item => item.Text)],
        GatewayCommand = [.. (firmware["gatewayCommand"]?.Items ?? []).Select(item => item.Text)],
        Gateway = BindUpdatePolicy(Section(firmware, "gateway")),
    };

    private ProductSettings BindProduct(ConfigurationNode product) => new()
    {
        DeviceType = product.TextOf("type"),
        Secret = SecretOf(product),
        Profile = BindProfile(Section(product, "profile")),
        WhenFull = Word<FullPolicy>(product, "whenFull"),
        Firmware = BindUpdatePolicy(Section(product, "firmware")),
    };

    private static UpdatePolicy BindUpdatePolicy(ConfigurationNode policy) => new()
    {
        HoldForApproval = policy["holdForApproval"]?.Kind == JsonValueKind.True,
        Window = MaintenanceWindow.TryParse(policy.TextOf("window"), out var window) ? window : null,
        AllowDowngrade = policy["allowDowngrade"]?.Kind == JsonValueKind.True,
    };

    private static ProfileSettings BindProfile(ConfigurationNode profile) => new()
    {
        Up = Text(profile, "up"),
        Down = Text(profile, "down"),
        Reply = Text(profile, "reply"),
        Format = Word<UplinkFormat>(profile, "format"),
    };

    private ChannelPlan BindChannel(string name, ConfigurationNode channel, Dictionary<string, ProductSettings> products) => new()
    {
        Name = name,
        Driver = Text(channel, "driver"),
        Settings = Element(Section(channel, "settings")),
        Devices = [.. (channel["devices"]?.Items ?? []).Select(device => BindDevice(device, products))],
    };

    private SubDevicePlan BindDevice(ConfigurationNode device, Dictionary<string, ProductSettings> products)
    {
        var id = SubDeviceId.Parse(Text(device, "id"));
        var product = products.GetValueOrDefault(id.ProductId) ?? new ProductSettings();
        return new SubDevicePlan
        {
            Id = id,
            Secret = SecretOf(device),
            CertificateFile = device.TextOf("certificate"),
            ProductSecret = product.Secret,
            Settings = Element(Section(device, "settings")),
            Points = [.. Section(device, "points").Members.Select(m => BindPoint(m.Key, m.Value))],
            Profile = product.Profile,
            WhenFull = product.WhenFull,
            Firmware = product.Firmware,
            DeviceType = device.TextOf("type"),
        };
    }

    private PointPlan BindPoint(string name, ConfigurationNode point) => new()
    {
        Name = name,
        At = Element(Section(point, "at")),
        Type = point.TextOf("type") is { } type ? Enum.Parse<VariantKind>(type, ignoreCase: true) : null,
        Unit = point.TextOf("unit"),
        Access = Word<PointAccess>(point, "access"),
        Interval = Duration(point, "interval"),
        Report = point["report"] is { } report ? BindReport(report) : null,
    };

    /// <summary>What asks for nothing, <c>{}</c>, is how a point opts out of its sub-device's: every value goes.</summary>
    private static ReportSettings? BindReport(ConfigurationNode report) => report.Members.Count == 0 ? null : new ReportSettings
    {
        Deadband = OptionalNumber(report, "deadband"),
        DeadbandPercent = OptionalNumber(report, "deadbandPercent"),
        MinInterval = report["minInterval"] is null ? null : Duration(report, "minInterval"),
        MaxInterval = report["maxInterval"] is null ? null : Duration(report, "maxInterval"),
        OnChange = report["onChange"] is { } onChange ? onChange.Kind == JsonValueKind.True : null,
    };

    private Secret? SecretOf(ConfigurationNode holder) => holder["secret"] is { } secret ? secrets.GetValueOrDefault(secret) : null;

    private JsonElement Element(ConfigurationNode node)
    {
        if (_elements.TryGetValue(node, out var element)) return element;
        return _elements[node] = node.ToJsonElement();
    }

    private static ConfigurationNode Section(ConfigurationNode node, string key) => node[key] ?? throw Incomplete(node, key);

    private static string Text(ConfigurationNode node, string key) => node.TextOf(key) ?? throw Incomplete(node, key);

    private static T Word<T>(ConfigurationNode node, string key)
        where T : struct, Enum => Enum.Parse<T>(Text(node, key), ignoreCase: true);

    private static double? OptionalNumber(ConfigurationNode node, string key) =>
        node[key] is { } number ? double.Parse(number.Text, CultureInfo.InvariantCulture) : null;

    private static long LongNumber(ConfigurationNode node, string key) =>
        long.Parse((node[key] ?? throw Incomplete(node, key)).Text, CultureInfo.InvariantCulture);

    private static int Number(ConfigurationNode node, string key) =>
        int.Parse((node[key] ?? throw Incomplete(node, key)).Text, CultureInfo.InvariantCulture);

    private static TimeSpan Duration(ConfigurationNode node, string key) =>
        DurationJsonConverter.TryParse(Text(node, key), out var duration) ? duration : throw Incomplete(node, key);

    private static InvalidOperationException Incomplete(ConfigurationNode node, string key) =>
        new($"'{key}' is missing at '{node.Origin.Path}' in a configuration that was found valid.");
}
