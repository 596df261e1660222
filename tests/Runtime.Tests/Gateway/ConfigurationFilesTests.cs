using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The files of a gateway that runs, and of one that starts: watched, damaged, mended.</summary>
public sealed class ConfigurationFilesTests
{
    private const int RunsLastGood = 4454;
    private const int Refused = 4453;

    private const string OneLine = """
        "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1}, {METER 2} ] }
        """;

    private const string TwoLines = """
        "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1}, {METER 2} ] },
        "line2": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 3} ] }
        """;

    // What only the driver refuses, and what nobody can read.
    private const string UnitTooLarge = """
        "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ { "id": "SUBPROD001/m1", "settings": { "unitId": 999 } } ] }
        """;

    private const string NoJson = """ "line1": { "driver": """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(UnitTooLarge)]
    [InlineData(NoJson)]
    public async Task A_gateway_starts_on_the_last_good_files_where_its_own_have_mistakes_and_says_so(string mistake)
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = TwoLines };
        await site.StartAsync();
        await site.VoltageArrives(3);

        site.Channels = mistake;
        await site.RestartAsync();

        await site.VoltageArrives(3);
        await site.Logged(RunsLastGood, "THE CONFIGURATION HAS MISTAKES");
        var status = await site.Host.LookAtConfigurationAsync(Token);
        Assert.Equal((ConfigurationState.Invalid, false), (status.State, status.IsWell));
        Assert.NotNull(status.LastGoodSince);
        Assert.Contains("runs the last good files", status.Remark, StringComparison.Ordinal);
        Assert.Empty(site.Gateway.Status.Leaving);

        site.Channels = OneLine;
        Assert.True((await site.ApplyAsync()).IsApplied);
        Assert.Equal(
            new ConfigurationStatus { State = ConfigurationState.InForce }, await site.Host.LookAtConfigurationAsync(Token));
        await site.Online(Cloud.Meter(3), online: false);
    }

    [Fact]
    public async Task A_strict_gateway_does_not_start_on_the_last_good_files()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = OneLine };
        await site.StartAsync();
        await site.StopAsync();
        (site.Channels, site.IsStrict) = (UnitTooLarge, true);

        await Assert.ThrowsAsync<InvalidConfigurationException>(() => site.StartAsync());
    }

    [Theory]
    [InlineData(UnitTooLarge)]
    [InlineData(NoJson)]
    public async Task A_first_start_on_files_with_mistakes_ends(string mistake)
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = mistake };

        await Assert.ThrowsAsync<InvalidConfigurationException>(() => site.StartAsync());
    }

    [Fact]
    public async Task What_was_removed_while_the_gateway_did_not_run_leaves_at_its_next_start()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = TwoLines };
        await site.StartAsync();
        await site.VoltageArrives(3);

        site.Channels = OneLine;
        await site.RestartAsync();

        await site.Logged(4443, Cloud.Meter(3).ToString());
        await site.Online(Cloud.Meter(3), online: false);
        await site.VoltageArrives(1);
    }

    [Fact]
    public async Task Files_are_followed_where_somebody_has_asked_for_that()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub, time: new FasterTime(20)) { Channels = OneLine, Sections = """ "reload": "watch", """ };
        await site.StartAsync();
        await site.VoltageArrives(1);

        site.Channels = TwoLines;
        site.WriteConfiguration();
        await site.Online(Cloud.Meter(3));

        // Most would go: nobody has confirmed that.
        site.Channels = """ "line1": { "driver": "modbus", "settings": {SLAVE}, "devices": [ {METER 1} ] } """;
        site.WriteConfiguration();
        await site.Logged(Refused, "2 of 3 sub-devices would be removed");
        Assert.Equal(ConfigurationState.Refused, (await site.Host.LookAtConfigurationAsync(Token)).State);
        await site.VoltageArrives(3);

        site.Channels = UnitTooLarge;
        site.WriteConfiguration();
        await site.Logged(Refused, "unitId");
        Assert.Equal(ConfigurationState.Invalid, (await site.Host.LookAtConfigurationAsync(Token)).State);

        site.Channels = TwoLines;
        site.WriteConfiguration();
        await site.Until("it is as it was", async ct =>
        {
            while ((await site.Host.LookAtConfigurationAsync(ct)).State != ConfigurationState.InForce) await Task.Yield();
        });
        await site.VoltageArrives(2);
    }

    [Fact]
    public async Task Files_that_differ_are_said_to_and_nothing_happens_without_an_order()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub, time: new FasterTime(20)) { Channels = OneLine };
        await site.StartAsync();
        await site.VoltageArrives(1);
        site.Channels = TwoLines;
        site.WriteConfiguration();

        var status = await site.Host.LookAtConfigurationAsync(Token);
        Assert.Equal((ConfigurationState.Different, true), (status.State, status.IsWell));
        Assert.Contains("bridge config apply", status.Remark, StringComparison.Ordinal);
        var review = await site.Host.ReviewAsync(mayRemoveMost: false, Token);
        Assert.Equal((PlanRefusal.None, false), (review.Refusal, review.IsApplied));
        Assert.Single(site.Gateway.Status.Channels);
    }

    [Fact]
    public async Task A_plan_can_come_from_code()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub) { Channels = TwoLines };
        await site.StartAsync();
        await site.VoltageArrives(3);
        var plan = site.Host.Plan;

        var wrong = await site.Host.ApplyAsync(
            ConfigurationResult.Of(plan with { Channels = [plan.Channels[0], plan.Channels[0]] }), mayRemoveMost: true, Token);
        Assert.Equal(PlanRefusal.Invalid, wrong.Refusal);
        Assert.Contains("more than once", wrong.Configuration.Mistakes[0].ToString(), StringComparison.Ordinal);

        var range = await site.Host.ApplyAsync(
            ConfigurationResult.Of(plan with { Hub = plan.Hub with { KeepAlive = TimeSpan.FromSeconds(1) } }), mayRemoveMost: true, Token);
        Assert.Equal(PlanRefusal.Invalid, range.Refusal);
        Assert.Contains("hub.keepAlive", range.Configuration.Mistakes[0].ToString(), StringComparison.Ordinal);

        var review = await site.Host.ApplyAsync(
            ConfigurationResult.Of(plan with { Channels = [plan.Channels[0]] }), mayRemoveMost: false, Token);
        Assert.True(review.IsApplied, string.Join('\n', review.Configuration.Mistakes));
        await site.Online(Cloud.Meter(3), online: false);
        await site.VoltageArrives(1);
    }
}
