using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What the hub refuses heals when what stood in the way is gone, without anybody telling the gateway.</summary>
public sealed class RefusalTests
{
    private const int Refused = 4005;
    private static readonly SubDevicePlan Meter = Simulation.Device("meter");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(0, 10)]
    [InlineData(0.999, 15)]
    public void One_that_was_created_later_is_online_after_the_first_wait_and_not_before(double dice, double minutes)
    {
        using var simulation = new Simulation([(Meter, true)], new SubDeviceOptions { Dice = () => dice });
        bool exists = false;
        simulation.Hub.Script = (_, _) => exists ? null : new CloudAnswer(CloudEvent.Refused, "802.");
        Present(simulation);
        Assert.Equal((CloudState.Refused, "802."), (simulation.StatusOf(Meter.Id).Cloud, simulation.StatusOf(Meter.Id).Reason));
        exists = true;

        simulation.Run(TimeSpan.FromMinutes(minutes) - (Soon * 2));
        Assert.Equal(CloudState.Refused, simulation.StatusOf(Meter.Id).Cloud);
        simulation.Run(Soon * 2);

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
        Assert.Null(simulation.StatusOf(Meter.Id).Reason);
    }

    [Fact]
    public void One_that_another_gateway_has_is_bound_once_that_has_let_it_go()
    {
        using var simulation = new Simulation([(Meter, false)], new SubDeviceOptions { Dice = () => 0 });
        bool isFree = false;
        simulation.Hub.Script = (action, _) =>
            action != CloudAction.Bind || isFree ? null : new CloudAnswer(CloudEvent.Refused, "806.");
        Present(simulation);
        Assert.Equal(CloudState.Refused, simulation.StatusOf(Meter.Id).Cloud);
        simulation.Run(TimeSpan.FromMinutes(10)); // still there
        isFree = true;

        simulation.Run(TimeSpan.FromMinutes(19));
        Assert.False(simulation.Hub.IsBound(Meter.Id));
        simulation.Run(TimeSpan.FromMinutes(1) + Soon);

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
    }

    [Fact]
    public void One_that_stays_refused_is_asked_about_once_an_hour_at_last_and_each_time_is_a_line()
    {
        using var simulation = new Simulation([(Meter, true)], new SubDeviceOptions { Dice = () => 0.5 });
        simulation.Hub.Script = (_, _) => new CloudAnswer(CloudEvent.Refused, "802.");
        Present(simulation);

        simulation.Run(TimeSpan.FromDays(1));

        Assert.InRange(simulation.Hub.Operations, 24, 36);
        Assert.Equal(simulation.Hub.Operations, simulation.Log.GetSnapshot().Count(line => line.Id.Id == Refused));
        Assert.Equal("802.", simulation.StatusOf(Meter.Id).Reason);
    }

    [Fact]
    public void Many_that_are_refused_together_are_not_asked_about_together()
    {
        var dice = new Random(1);
        var meters = Enumerable.Range(0, 200).Select(n => Simulation.Device($"m{n}")).ToList();
        using var simulation = new Simulation(meters.Select(meter => (meter, true)), new SubDeviceOptions { Dice = dice.NextDouble });
        simulation.Hub.Script = (_, _) => new CloudAnswer(CloudEvent.Refused, "808.");
        foreach (var meter in meters) simulation.SetPresence(meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(200, simulation.Hub.Operations);

        for (int minute = 1; minute < 16; minute++)
        {
            int before = simulation.Hub.Operations;
            simulation.Run(TimeSpan.FromMinutes(1));
            Assert.InRange(simulation.Hub.Operations - before, 0, 80);
        }

        Assert.Equal(400, simulation.Hub.Operations);
    }

    [Fact]
    public void Word_from_the_field_is_no_reason_to_ask_the_hub_sooner_and_its_own_word_is()
    {
        using var simulation = new Simulation([(Meter, true)], new SubDeviceOptions { Dice = () => 0 });
        bool exists = false;
        simulation.Hub.Script = (_, _) => exists ? null : new CloudAnswer(CloudEvent.Refused, "802.");
        Present(simulation);
        simulation.SetPresence(Meter.Id, Presence.Absent);
        simulation.Run(Soon);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Run(Soon);
        Assert.Equal(1, simulation.Hub.Operations);
        exists = true;

        simulation.Hub.Change(Meter.Id, isBound: true);
        simulation.Run(Soon);

        Assert.True(simulation.Hub.IsOnline(Meter.Id));
        simulation.Run(TimeSpan.FromHours(2));
        Assert.Equal(2, simulation.Hub.Operations); // nothing is left of the wait
    }

    private static void Present(Simulation simulation)
    {
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Connect();
        simulation.Run(Soon);
    }
}
