using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BridgeFramework.Files;

namespace BridgeFramework.Configuration.Tests;

/// <summary>Who may write to what the gateway goes by decides which code it runs, and who it is.</summary>
public sealed class ExposureTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF; // 0777
    private const UnixFileMode Group = (UnixFileMode)0x1F8; // 0770
    private const string Local = """{ "hub": { "host": "127.0.0.1" }""";

    /// <summary>Names one of each kind.</summary>
    private const string Cloud = """
        { "hub": { "caFile": "ca.pem" }, "firmware": { "gatewayCommand": ["{0}/update.sh", "{image}"] },
          "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "secret": "file:secrets/one" } ] } } }
        """;

    private readonly ConfigurationFolder _folder = new();

    public ExposureTests()
    {
        _folder.WriteSecret("one", "S3cr3t");
        Directory.CreateDirectory(_folder.In("data/plugins"));
        Directory.CreateDirectory(_folder.In("plugins"));
        File.WriteAllText(_folder.In("update.sh"), "");
        using (var key = ECDsa.Create())
        using (var authority = new CertificateRequest("CN=ca", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100)))
            File.WriteAllText(_folder.In("ca.pem"), authority.ExportCertificatePem());
        Write(Cloud.Replace("{0}", _folder.Path, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bridge.json", "the file", "chmod o-w")]
    [InlineData("device_info.json", "the file", "chmod o-w")]
    [InlineData("ca.pem", "the file", "chmod o-w")]
    [InlineData("secrets/one", "the file", "chmod o-w")]
    [InlineData("secrets", "the folder", "chmod o-w")]
    [InlineData("update.sh", "the file", "chmod o-w")]
    [InlineData("data", "the folder", "chmod -R o-w")]
    [InlineData("data/plugins", "the folder", "chmod -R o-w")]
    [InlineData("plugins", "the folder", "chmod -R o-w")]
    [InlineData("", "the folder", "chmod o-w")]
    public void What_everybody_can_write_to_is_refused_once_with_path_owner_mode_and_command(string name, string kind, string command)
    {
        if (!OperatingSystem.IsLinux()) return;
        string path = name.Length == 0 ? _folder.Path : _folder.In(name);
        Assert.Empty(Load().Mistakes);
        File.SetUnixFileMode(path, Everybody);

        var result = Load();

        var mistake = Assert.Single(result.Mistakes, mistake => !mistake.IsWarning);
        Assert.Null(result.Plan);
        Assert.StartsWith($"everybody can write to {kind} '{path}' (owner ", mistake.Message, StringComparison.Ordinal);
        Assert.EndsWith($", mode 0777): {command} {path}.", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plugins")]
    [InlineData("data")]
    public void A_folder_that_is_a_link_is_judged_where_it_leads_to_as_well(string name)
    {
        if (!OperatingSystem.IsLinux()) return;
        Directory.Move(_folder.In(name), _folder.In("elsewhere"));
        File.CreateSymbolicLink(_folder.In(name), "elsewhere");
        File.SetUnixFileMode(_folder.In("elsewhere"), Everybody);

        Assert.Contains($"'{_folder.In("elsewhere")}'", Assert.Single(Load().Mistakes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_folder_is_ours_alone_and_a_sticky_bit_does_not_make_it_so()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.SetUnixFileMode(_folder.In("data"), Everybody | UnixFileMode.StickyBit);
        File.SetUnixFileMode(_folder.In("plugins"), Everybody | UnixFileMode.StickyBit);

        Assert.Contains($"'{_folder.In("data")}'", Assert.Single(Load().Mistakes).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("LocalHost", true)]
    [InlineData("hub.localhost.", true)]
    [InlineData("127.0.0.1.example.com", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("localhost.example", false)]
    public void With_a_hub_on_loopback_all_of_it_warns(string host, bool warns)
    {
        if (!OperatingSystem.IsLinux()) return;
        Write($$"""{ "hub": { "host": "{{host}}" } }""");
        foreach (string name in new[] { "bridge.json", "plugins", "data" }) File.SetUnixFileMode(_folder.In(name), Everybody);

        var result = Load();

        Assert.Equal(3, result.Mistakes.Count);
        Assert.All(result.Mistakes, mistake => Assert.Equal(warns, mistake.IsWarning));
        Assert.Equal(warns, result.Plan is not null);
        Assert.Equal(warns ? ExposurePolicy.Warn : ExposurePolicy.Refuse, result.ExposurePolicy);
    }

    [Fact]
    public void A_disk_that_is_open_altogether_is_four_warnings()
    {
        if (!OperatingSystem.IsLinux()) return;
        _folder.Environment["BRIDGE_ALLOW_UNSAFE_PERMISSIONS"] = "1";
        string[] names = ["bridge.json", "device_info.json", "ca.pem", "secrets", "update.sh", "data", "plugins"];
        foreach (string name in names) File.SetUnixFileMode(_folder.In(name), Everybody);

        var warnings = Load().Mistakes.Where(mistake => !mistake.Message.StartsWith("other users", StringComparison.Ordinal)).ToList();

        Assert.Equal(4, warnings.Count);
        Assert.Single(warnings, warning => warning.Message.StartsWith("4 more that the gateway goes by", StringComparison.Ordinal));
        _folder.Environment.Clear();
        Assert.Equal(names.Length, Load().Mistakes.Count(mistake => !mistake.IsWarning));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void A_variable_lifts_it_to_a_warning(string value, bool warns)
    {
        if (!OperatingSystem.IsLinux()) return;
        _folder.Environment["BRIDGE_ALLOW_UNSAFE_PERMISSIONS"] = value;
        File.SetUnixFileMode(_folder.In("plugins"), Everybody);

        var result = Load();

        Assert.Equal(warns, Assert.Single(result.Mistakes).IsWarning);
        Assert.Equal(warns, result.Plan is not null);
        Assert.NotNull(result.AllowingExposures().Plan);
    }

    [Fact]
    public void What_groups_can_write_to_is_one_warning()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.SetUnixFileMode(_folder.In("plugins"), Group);
        string single = Assert.Single(Load().Mistakes).Message;
        foreach (string name in new[] { "data", "secrets", "ca.pem" }) File.SetUnixFileMode(_folder.In(name), Group);

        var warning = Assert.Single(Load().Mistakes);

        Assert.True(warning.IsWarning);
        Assert.EndsWith(
            $", mode 0770): chmod -R g-w {_folder.In("plugins")}, unless all of that group may decide what the gateway does.",
            single, StringComparison.Ordinal);
        Assert.Contains("and it is so with 3 more that the gateway goes by", warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "device_info.json", Local + "}",
        "device_info.json:1:90: warning: key_deviceinfo.deviceSecret: other users can read or change this file, and a secret stands ")]
    [InlineData(
        "bridge.json", Local + """, "products": { "P": { "secret": "0123456789abcdef0123456789abcdef" } } }""",
        "bridge.json:1:66: warning: products.P.secret: other users can read or change the file that this secret stands in: ")]
    [InlineData(
        "bridge.json",
        Local + """, "channels": { "c": { "driver": "d", "settings": { "nested": [ { "password": "x" } ] } } } }""",
        "bridge.json:1:111: warning: channels.c.settings.nested[0].password: other users can read or change the file ")]
    public void A_file_with_secrets_that_others_can_read_is_a_warning(string name, string json, string expected)
    {
        if (!OperatingSystem.IsLinux()) return;
        Write(json);
        Assert.DoesNotContain(Load().Mistakes, mistake => mistake.Message.Contains("other users", StringComparison.Ordinal));
        File.SetUnixFileMode(_folder.In(name), UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var warning = Assert.Single(Load().Mistakes, mistake => mistake.Message.Contains("other users", StringComparison.Ordinal));

        Assert.StartsWith(expected, warning.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "hub": { "host": "127.0.0.1" }, "products": { "P": { "secret": "file:secrets/one" } } }""")]
    [InlineData(Local + "}")]
    public void A_file_without_secrets_may_be_read_by_everybody(string json)
    {
        if (!OperatingSystem.IsLinux()) return;
        Write(json);
        File.SetUnixFileMode(_folder.In("bridge.json"), (UnixFileMode)0x1A4); // 0644

        Assert.DoesNotContain(Load().Mistakes, mistake => mistake.Message.Contains("other users", StringComparison.Ordinal));
    }

    private void Write(string json)
    {
        File.WriteAllText(_folder.In("bridge.json"), json);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.In("bridge.json"), Owner & ~UnixFileMode.UserExecute);
    }

    /// <summary>As a gateway that starts: the plugin folder is looked at, too.</summary>
    private ConfigurationResult Load()
    {
        var loaded = ConfigurationLoader.Load(_folder.Path, environment: _folder.Environment);
        return loaded.WithPluginFolder(Exposures.Of(_folder.In("plugins")));
    }
}
