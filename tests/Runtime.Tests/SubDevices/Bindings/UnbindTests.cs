using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Who unbinds a sub-device in the console has unbound it, whenever that was.</summary>
public sealed class UnbindTests
{
    private const int Binding = 4011;
    private const int Doubted = 4012;
    private const int KeptUnbound = 4014;
    private static readonly SubDevicePlan Meter = Simulation.Device("meter");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Apart = UnbindInquiry.Apart;
    private static readonly SubDeviceOptions Earliest = new() { Dice = () => 0 };

    [Fact]
    public void One_that_is_new_is_bound_and_that_is_one_line_in_the_log()
    {
        using var simulation = new Simulation([(Meter, false)], Earliest);

        Online(simulation);

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
        Assert.Equal(KnownBinding.Bound, simulation.Bindings.Of(Meter.Id));
        Assert.Contains("new here", Assert.Single(Lines(simulation, Binding)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RebindPolicy.Never, false)]
    [InlineData(RebindPolicy.Always, true)]
    public void One_that_was_unbound_while_the_gateway_was_away_is_bound_again_only_where_the_setting_says_so(
        RebindPolicy policy, bool isBound)
    {
        using var simulation = new Simulation([(Meter, true)], Earliest with { Rebind = policy });
        Online(simulation);
        simulation.Disconnect();
        simulation.Hub.Change(Meter.Id, isBound: false);

        simulation.Restart(simulation.Bindings);
        Online(simulation);
        simulation.Run(TimeSpan.FromHours(3));

        Assert.Equal(isBound, simulation.Hub.IsBound(Meter.Id));
        Assert.Equal(isBound ? CloudState.Online : CloudState.Unbound, simulation.StatusOf(Meter.Id).Cloud);
        Assert.Equal(isBound ? 1 : 0, Lines(simulation, Binding).Count);
    }

    [Theory]
    [InlineData(RebindPolicy.Never, false)]
    [InlineData(RebindPolicy.Always, true)]
    public void So_is_one_that_was_unbound_while_the_connection_was_gone(RebindPolicy policy, bool isBound)
    {
        using var simulation = new Simulation([(Meter, true)], Earliest with { Rebind = policy });
        Online(simulation);
        simulation.Disconnect();
        simulation.Hub.Change(Meter.Id, isBound: false);

        simulation.Connect();
        simulation.Run(TimeSpan.FromHours(3));

        Assert.Equal(isBound, simulation.Hub.IsBound(Meter.Id));
    }

    [Fact]
    public void One_that_was_unbound_while_the_gateway_looked_on_stays_so_over_restarts_without_a_doubt()
    {
        using var simulation = new Simulation([(Meter, true)], Earliest);
        Online(simulation);
        simulation.Hub.Change(Meter.Id, isBound: false);
        simulation.Run(Soon);
        Assert.Equal(KnownBinding.Unbound, simulation.Bindings.Of(Meter.Id));

        simulation.Restart(simulation.Bindings);
        Online(simulation);
        simulation.Disconnect();
        simulation.Connect();
        simulation.Run(TimeSpan.FromHours(3));

        Assert.False(simulation.Hub.IsBound(Meter.Id));
        Assert.Empty(simulation.Hub.Lists);
        Assert.Empty(Lines(simulation, Doubted));
        Assert.Single(Lines(simulation, KeptUnbound)); // not once more with each connection
        Assert.Contains($"bridge device bind {Meter.Id}", simulation.StatusOf(Meter.Id).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void With_always_one_that_is_unbound_while_the_gateway_looks_on_is_bound_at_once()
    {
        using var simulation = new Simulation([(Meter, true)], Earliest with { Rebind = RebindPolicy.Always });
        Online(simulation);

        simulation.Hub.Change(Meter.Id, isBound: false);
        simulation.Run(Soon);

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
    }

    [Fact]
    public void A_hub_that_forgets_a_bind_is_believed_after_two_complete_lists_a_minute_apart_and_not_before()
    {
        using var simulation = UnboundUnseen();
        simulation.Connect();
        simulation.Run(Soon);
        Assert.Contains("asked again", simulation.StatusOf(Meter.Id).Reason, StringComparison.Ordinal);

        simulation.Run(Apart - Soon);
        Assert.Equal((1, KnownBinding.Bound), (simulation.Hub.Lists.Count, simulation.Bindings.Of(Meter.Id)));
        simulation.Run(Soon);

        Assert.Equal((2, KnownBinding.Unbound), (simulation.Hub.Lists.Count, simulation.Bindings.Of(Meter.Id)));
        Assert.True(simulation.Hub.Lists[1] - simulation.Hub.Lists[0] >= Apart, "The lists were closer together.");
        Assert.Contains("bridge device bind", simulation.StatusOf(Meter.Id).Reason, StringComparison.Ordinal);
        int before = simulation.Hub.Operations;
        simulation.Run(TimeSpan.FromHours(3));
        Assert.Equal((2, before), (simulation.Hub.Lists.Count, simulation.Hub.Operations)); // that is that
    }

    public static TheoryData<string> OpenLists => ["partial", "silent", "listed", "listed the second time", "partial the second time"];

    [Theory]
    [MemberData(nameof(OpenLists))]
    public void A_list_that_leaves_it_open_proves_nothing_and_the_hub_is_asked_again_slowly(string kind)
    {
        using var simulation = UnboundUnseen();
        HubList lacking = new(new HashSet<SubDeviceId>(), IsWhole: true);
        HubList? open = kind.Split(' ')[0] switch
        {
            "partial" => lacking with { IsWhole = false },
            "listed" => new HubList(new HashSet<SubDeviceId> { Meter.Id }, IsWhole: true),
            _ => null,
        };
        bool isOpenLater = kind.Contains("second", StringComparison.Ordinal);
        simulation.Hub.List = () => isOpenLater && simulation.Hub.Lists.Count % 2 == 1 ? lacking : open;
        simulation.Connect();
        int before = simulation.Hub.Operations;
        simulation.Run(TimeSpan.FromMinutes(9.9));
        Assert.Equal(1, simulation.Hub.Operations - before);

        simulation.Run(TimeSpan.FromMinutes(0.2)); // 10 minutes are over
        Assert.Equal(2, simulation.Hub.Operations - before);
        simulation.Run(TimeSpan.FromHours(10));

        Assert.InRange(simulation.Hub.Operations - before, 10, 20);
        Assert.DoesNotContain(simulation.Hub.Asked, asked => asked.Action == CloudAction.Bind);
        Assert.Equal(KnownBinding.Bound, simulation.Bindings.Of(Meter.Id));
        Assert.Equal(Lines(simulation, Doubted).Count, simulation.Hub.Operations - before);
    }

    [Fact]
    public void A_hub_that_was_wrong_is_forgiven_when_it_is_asked_again()
    {
        using var simulation = UnboundUnseen();
        simulation.Hub.List = () => null;
        simulation.Connect();
        simulation.Run(Soon);
        simulation.Hub.Changed = null; // it was bound all the time
        simulation.Hub.Change(Meter.Id, isBound: true);

        simulation.Run(TimeSpan.FromMinutes(10));

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
        Assert.Null(simulation.StatusOf(Meter.Id).Reason);
    }

    [Fact]
    public void Lists_of_two_connections_do_not_count_together()
    {
        using var simulation = UnboundUnseen();
        simulation.Connect();
        simulation.Run(Apart / 2);
        simulation.Disconnect();
        simulation.Connect();

        simulation.Run(Apart);

        Assert.Equal(KnownBinding.Bound, simulation.Bindings.Of(Meter.Id));
        simulation.Run(Apart);
        Assert.Equal(KnownBinding.Unbound, simulation.Bindings.Of(Meter.Id));
    }

    [Fact]
    public void Presence_that_comes_and_goes_is_no_reason_to_doubt_faster()
    {
        using var simulation = UnboundUnseen();
        simulation.Hub.List = () => null;
        simulation.Connect();
        simulation.Run(Soon);
        int before = simulation.Hub.Operations;

        simulation.SetPresence(Meter.Id, Presence.Absent);
        simulation.Run(Soon);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Run(Soon);

        Assert.Equal(before, simulation.Hub.Operations);
    }

    [Fact]
    public void A_bind_there_lifts_it_for_good()
    {
        using var simulation = UnboundUnseen();
        simulation.Connect();
        simulation.Run(Apart + Soon);

        simulation.Hub.Change(Meter.Id, isBound: true);
        simulation.Run(Soon);

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
        Assert.Equal(KnownBinding.Bound, simulation.Bindings.Of(Meter.Id));
        Assert.False(simulation.Hub.Asked.Exists(asked => asked.Action == CloudAction.Bind));
    }

    [Fact]
    public void A_bind_there_while_the_gateway_was_away_shows_when_it_is_asked()
    {
        using var simulation = UnboundUnseen();
        simulation.Connect();
        simulation.Run(Apart + Soon);
        simulation.Disconnect();
        simulation.Hub.Change(Meter.Id, isBound: true);

        simulation.Restart(simulation.Bindings);
        Online(simulation);

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
    }

    [Fact]
    public void A_power_cut_before_a_bind_is_written_down_costs_nothing_as_long_as_it_stands()
    {
        using var simulation = new Simulation([(Meter, false)], Earliest);
        Online(simulation);

        simulation.Restart(simulation.NewBindings());
        Online(simulation);

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
        Assert.Equal(KnownBinding.Bound, simulation.Bindings.Of(Meter.Id));
        Assert.Single(Lines(simulation, Binding));
    }

    [Fact]
    public void One_without_a_secret_that_was_bound_is_asked_for_again_instead_of_given_up()
    {
        var bare = Simulation.Device("bare", hasSecret: false);
        using var simulation = new Simulation([(bare, true)], Earliest);
        simulation.SetPresence(bare.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(Soon);
        simulation.Hub.Changed = null;
        simulation.Hub.List = () => null;
        simulation.Disconnect();
        simulation.Hub.Change(bare.Id, isBound: false);
        simulation.Connect();
        simulation.Run(Soon);
        Assert.DoesNotContain("bridge device bind", simulation.StatusOf(bare.Id).Reason, StringComparison.Ordinal);

        simulation.Hub.Change(bare.Id, isBound: true); // nobody says so
        simulation.Run(TimeSpan.FromMinutes(10));

        Assert.True(simulation.Hub.IsOnline(bare.Id));
    }

    [Fact]
    public void One_that_is_not_bound_and_not_there_has_the_reason_of_the_field_and_no_advice_about_secrets()
    {
        using var simulation = new Simulation([(Meter, false)], Earliest);
        simulation.Reconciler.SetPresence(Meter.Id, Presence.Absent, "line down");
        simulation.Connect();
        simulation.Run(Soon);

        Assert.Equal((CloudState.Unbound, "line down"), (simulation.StatusOf(Meter.Id).Cloud, simulation.StatusOf(Meter.Id).Reason));
    }

    private static void Online(Simulation simulation)
    {
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(Soon);
    }

    /// <summary>A meter that was online, and is unbound at the hub, which nobody has heard; not connected.</summary>
    private static Simulation UnboundUnseen()
    {
        var simulation = new Simulation([(Meter, true)], Earliest);
        Online(simulation);
        simulation.Disconnect();
        simulation.Hub.Change(Meter.Id, isBound: false);
        return simulation;
    }

    private static List<string> Lines(Simulation simulation, int id) =>
        [.. simulation.Log.GetSnapshot().Where(line => line.Id.Id == id).Select(line => line.Message)];
}
