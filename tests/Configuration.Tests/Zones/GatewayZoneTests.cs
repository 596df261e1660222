namespace BridgeFramework.Configuration.Tests;

public sealed class GatewayZoneTests : IDisposable
{
    private const string WithWindow = """
        { "products": { "SUBPROD001": { "firmware": { "window": "02:00-04:30" } } }, "channels": {} }
        """;

    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Asia/Shangai")]
    [InlineData("CST-8")]
    [InlineData(":nonsense")]
    [InlineData("/usr/share/zoneinfo/Asia/Shanghai")]
    public void A_zone_that_is_not_known_here_is_named_and_the_gateway_runs_all_the_same(string named)
    {
        _folder.Zone = Zone("UTC", named);

        var result = _folder.Load("""{ "channels": {} }""");

        Assert.True(result.IsValid);
        Assert.Equal(
            $"environment TZ: warning: time zone \"{named}\" is not known here, so log and maintenance windows go by UTC: expected a name "
            + "such as Asia/Shanghai, and the files of time zones (package tzdata).", Assert.Single(result.Mistakes).ToString());
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("UTC0")]
    [InlineData(":Etc/UTC")]
    [InlineData("GMT0")]
    [InlineData("/usr/share/zoneinfo/UTC")]
    [InlineData("")]
    public void Utc_that_was_asked_for_is_no_mistake(string named) => Assert.Null(Zone("UTC", named).Mistake());

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("Nowhere", false)]
    public void A_file_that_TZ_names_is_the_zone_that_it_leads_to(string zone, bool isUtc)
    {
        string target = _folder.In(zone);
        File.WriteAllText(target, "");
        File.CreateSymbolicLink(_folder.In("localtime"), target);

        Assert.Equal(isUtc, Zone("UTC", $":{_folder.In("localtime")}").Mistake() is null);
    }

    [Fact]
    public void A_zone_that_is_known_is_no_mistake() => Assert.Null(Zone("Asia/Shanghai", "Asia/Shanghai", hours: 8).Mistake());

    [Fact]
    public void A_machine_whose_zone_leads_nowhere_is_named_too()
    {
        var zone = GatewayZone.Of(Noon, "UTC", _folder.Environment, "/usr/share/zoneinfo/Asia/Shanghai");

        Assert.StartsWith("/etc/localtime: warning: time zone \"/usr/share/zoneinfo/Asia/Shanghai\"", zone.Mistake()?.ToString(),
            StringComparison.Ordinal);
        Assert.Null(GatewayZone.Of(Noon, "UTC", _folder.Environment, "/usr/share/zoneinfo/Etc/UTC").Mistake());
        Assert.Null(GatewayZone.Of(Noon, "UTC", _folder.Environment, null).Mistake());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_window_is_shown_with_the_zone_it_goes_by_and_can_be_loaded_again(bool expanded)
    {
        _folder.Zone = Zone("Asia/Shanghai", "Asia/Shanghai", hours: 8);
        var result = _folder.Load(WithWindow);

        string shown = ConfigurationFolder.Printed(result, expanded);

        Assert.Matches("(?m)\"window\": \"02:00-04:30\",?   // Asia/Shanghai, now UTC\\+08:00(; bridge.json:1)?$", shown);
        Assert.Equal(expanded, shown.Contains("; bridge.json:1", StringComparison.Ordinal));
        Assert.True(_folder.Load(shown).IsValid);
    }

    [Fact]
    public void The_window_of_the_gateway_itself_goes_by_it_too()
    {
        _folder.Zone = Zone("Asia/Shanghai", "Asia/Shanghai", hours: 8);
        var result = _folder.Load("""
            { "firmware": { "gatewayCommand": [ "x" ], "gateway": { "window": "02:00-04:30" } }, "channels": {} }
            """);

        Assert.Matches(
            "(?m)\"window\": \"02:00-04:30\",?   // Asia/Shanghai, now UTC\\+08:00$", ConfigurationFolder.Printed(result, expanded: false));
    }

    [Fact]
    public void A_window_of_an_unknown_zone_says_so()
    {
        _folder.Zone = Zone("UTC", "CST-8");

        string shown = ConfigurationFolder.Printed(_folder.Load(WithWindow), expanded: false);

        Assert.Contains("   // UTC, for time zone \"CST-8\" is not known here\n", shown, StringComparison.Ordinal);
    }

    private static GatewayZone Zone(string id, string named, int hours = 0) => GatewayZone.Of(
        Noon.ToOffset(TimeSpan.FromHours(hours)),
        id,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["TZ"] = named },
        broken: null);
}
