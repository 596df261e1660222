namespace BridgeFramework.Runtime.Tests;

/// <summary>A box that was given nothing but product secrets.</summary>
public sealed class RegistrationTests
{
    private const int OperatorNeeded = 2001;

    [Fact]
    public async Task Product_secrets_alone_bring_the_gateway_and_its_meters_into_the_cloud()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub)
        {
            ProductSecret = Cloud.ProductSecret,
            Channels = """ "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {UNREGISTERED 1}, {METER 2} ] } """,
        };
        site.WriteSecret("YOUR_DEVICE_SECRET", Cloud.ProductSecret);
        await site.StartAsync();

        await site.Online(Cloud.Meter(1));
        await site.Online(Cloud.Meter(2));
        Assert.Equal(Cloud.GatewaySecret, Kept(site, Cloud.Gateway.ToString()));
        Assert.Equal(Cloud.MeterSecret, Kept(site, Cloud.Meter(1).ToString()));
        Assert.False(File.Exists(PathOf(site, Cloud.Meter(2).ToString()))); // it has its own
        Assert.DoesNotContain(site.Log.Lines, line => IsSecret(line.ToString()));
        Assert.Empty(site.Log.Troubles);
    }

    [Fact]
    public async Task What_was_obtained_serves_the_next_connection_too_when_the_hub_gives_it_no_more()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { ProductSecret = Cloud.ProductSecret };
        site.WriteSecret("YOUR_DEVICE_SECRET", Cloud.ProductSecret);
        await site.StartAsync();
        await site.Online(Cloud.Meter(1));

        await hub.StopBrokerAsync();
        await hub.StartBrokerAsync();
        await site.VoltageArrives(1);
        Assert.DoesNotContain(site.Log.Lines, line => line.EventId == OperatorNeeded);
    }

    [Fact]
    public async Task A_refused_registration_is_told_to_the_operator_and_heals_when_it_is_corrected()
    {
        const string Wrong = "aProductSecretThatIsWrong";
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        site.WriteSecret("", Wrong);
        await site.StartAsync();

        var line = await site.Logged(OperatorNeeded, "AuthFailure");
        Assert.Contains("check the product secret", line.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(site.Log.Lines, each => each.ToString().Contains(Wrong, StringComparison.Ordinal));

        site.WriteSecret("", Cloud.ProductSecret);
        await site.Online(Cloud.Meter(1));
    }

    [Fact]
    public async Task A_meter_whose_registration_is_refused_says_why()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub)
        {
            ProductSecret = "aProductSecretThatIsWrong",
            Channels = """ "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {UNREGISTERED 1} ] } """,
        };
        await site.StartAsync();
        await site.Logged(4005, "AuthFailure");
        Assert.Contains("check the product secret", site.StatusOf(1).Reason, StringComparison.Ordinal);
    }

    private static bool IsSecret(string text) =>
        text.Contains(Cloud.ProductSecret, StringComparison.Ordinal) || text.Contains(Cloud.GatewaySecret, StringComparison.Ordinal)
            || text.Contains(Cloud.MeterSecret, StringComparison.Ordinal);

    private static string PathOf(Site site, string device) => site.In($"data/secrets/{device}.secret");

    private static string Kept(Site site, string device) => File.ReadAllText(PathOf(site, device));
}
