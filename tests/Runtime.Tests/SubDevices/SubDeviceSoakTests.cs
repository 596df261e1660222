using System.Globalization;
using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Long histories in simulated time. <c>BRIDGE_SOAK_HOURS</c> says how long (default 3),
/// <c>BRIDGE_SOAK_SEED</c> repeats one.</summary>
public sealed class SubDeviceSoakTests
{
    private const int Count = 500;
    private static readonly TimeSpan Length = TimeSpan.FromHours(Number("BRIDGE_SOAK_HOURS", 3));

    [Fact]
    public void Where_nothing_goes_wrong_the_hub_hears_exactly_what_it_must() => WithSeed(random =>
    {
        var devices = Devices();
        var oracles = devices.ToDictionary(
            pair => pair.Device.Id, pair => new SubDeviceOracle(pair.Device.Secret is not null, pair.IsBound));
        using var simulation = new Simulation(devices, random: random);
        var ids = oracles.Keys.ToList();
        foreach (var id in ids)
        {
            Say(id, random.Next(4) > 0);
            if (random.Next(2) == 0) SayVersion(id);
        }

        simulation.Connect();
        for (int step = 0; simulation.Time.Now < Length; step++)
        {
            if (step > 0) Happen();
            int before = simulation.Hub.Operations;
            int reportsBefore = simulation.Hub.Reports.Count;
            int fewest = oracles.Values.Sum(oracle => oracle.Settle());
            int fewestReports = oracles.Values.Sum(oracle => oracle.SettleVersion());
            simulation.Run(TimeSpan.FromMinutes(5));

            Assert.True(fewest == simulation.Hub.Operations - before,
                $"Step {step}: {simulation.Hub.Operations - before} operations instead of {fewest}.");
            Assert.True(fewestReports == simulation.Hub.Reports.Count - reportsBefore,
                $"Step {step}: {simulation.Hub.Reports.Count - reportsBefore} versions reported instead of {fewestReports}.");
            foreach (var id in ids) Assert.True(oracles[id].IsOnline == simulation.Hub.IsOnline(id), $"Step {step}: {id} at the hub.");
        }

        AssertBounds(simulation);

        void Say(SubDeviceId id, bool isPresent)
        {
            oracles[id].IsPresent = isPresent;
            simulation.SetPresence(id, isPresent ? Presence.Present : Presence.Absent);
        }

        void SayVersion(SubDeviceId id)
        {
            oracles[id].Version = $"1.{random.Next(3)}";
            simulation.SetFirmwareVersion(id, oracles[id].Version!); // just set
        }

        void Happen()
        {
            // Console and field in different steps: which one the hub hears first would be a matter of milliseconds.
            switch (random.Next(7))
            {
                case 6:
                    for (int i = random.Next(20); i >= 0; i--) SayVersion(Any(random, ids));
                    break;
                case 5:
                    simulation.Time.Jump(TimeSpan.FromDays(random.Next(-2, 3))); // nothing to be told for it
                    break;
                case 0:
                    for (int i = random.Next(10); i >= 0; i--)
                    {
                        var id = Any(random, ids);
                        bool isBound = random.Next(2) == 0;
                        oracles[id].Change(isBound);
                        simulation.Hub.Change(id, isBound);
                    }

                    break;
                case 1:
                    simulation.Disconnect();
                    for (int i = random.Next(50); i >= 0; i--) Say(Any(random, ids), random.Next(2) == 0);
                    foreach (var oracle in oracles.Values) oracle.NewConnection();
                    simulation.Connect();
                    break;
                case 2:
                    foreach (var id in Some(random, ids))
                    {
                        simulation.SetPresence(id, Presence.Unknown); // and never comes back
                        oracles[id].IsPresent = false;
                    }

                    break;
                case 3:
                    for (int i = 0; i < 7; i++) Say(ids[i % 2], i % 3 == 0);
                    break;
                default:
                    for (int i = random.Next(100); i >= 0; i--) Say(Any(random, ids), random.Next(2) == 0);
                    break;
            }

        }
    });

    [Fact]
    public void Whatever_goes_wrong_the_hub_ends_as_the_channels_say() => WithSeed(random =>
    {
        var devices = Devices();
        using var simulation = new Simulation(devices, random: random);
        var history = new SubDeviceHistory(simulation, [.. devices.Select(pair => pair.Device.Id)], random);
        simulation.Hub.Trouble = 0.05;
        history.Begin();
        while (simulation.Time.Now < Length)
        {
            simulation.Run(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) * 3));
            history.Happen();
        }

        history.End();
        simulation.Hub.Trouble = 0;
        simulation.Run(TimeSpan.FromMinutes(20)); // longer than any rest, grace and calm

        foreach (var (device, _) in devices)
        {
            bool isOnline = simulation.Hub.IsOnline(device.Id);
            bool isBound = simulation.Hub.IsBound(device.Id);
            Assert.True(isOnline == (history.IsPresent(device.Id) && isBound),
                $"{device.Id} is {(isOnline ? "" : "not ")}online at the hub: {simulation.StatusOf(device.Id)}");
            Assert.Equal(isOnline, simulation.StatusOf(device.Id).Cloud == CloudState.Online);
            if (isOnline && history.VersionOf(device.Id) is { } version) Assert.Equal(version, simulation.Hub.VersionOf(device.Id));
            Assert.Equal(history.VersionOf(device.Id), simulation.StatusOf(device.Id).FirmwareVersion);
            if (!isBound && history.IsPresent(device.Id) && device.Secret is not null)
                Assert.True(history.WasUnboundThere(device.Id), $"{device.Id} is not bound and nobody unbound it.");
        }

        // Every operation has a cause of its own: a connection, a change of the goal (a presence change makes at most two: one that is
        // held and one that is released), a change of the topology (it, and one more where it overtook an answer), a list that asks
        // about who is missing, an answer other than "accepted", or a bind that wants its online.
        int bound = (history.Connections * Count) + (history.PresenceChanges * 2) + (history.TopologyChanges * 2) + history.Asked
            + simulation.Hub.NotAccepted + simulation.Hub.BindsAccepted + Count;
        Assert.True(simulation.Hub.Operations <= bound, $"{simulation.Hub.Operations} operations; at most {bound} have a cause.");
        // A version has a cause as well: it was said, or there is a new connection, or the topology changed, or it was not confirmed.
        int versionBound = (history.Connections * Count) + history.VersionsSaid + (history.TopologyChanges * 2) + history.Asked
            + simulation.Hub.ReportsNotConfirmed;
        Assert.True(simulation.Hub.Reports.Count <= versionBound,
            $"{simulation.Hub.Reports.Count} versions reported; at most {versionBound} have a cause.");
        AssertBounds(simulation);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{simulation.Time.Now}: {simulation.Hub.Operations} operations (bound {bound}), {history.Connections} connections, "
            + $"{history.PresenceChanges} presence changes, {history.TopologyChanges} topology changes, {simulation.Hub.NotAccepted} not "
                + "accepted");
    });

    private static void AssertBounds(Simulation simulation)
    {
        Assert.InRange(simulation.Hub.MostUnderWay, 1, SubDeviceReconciler.MaxUnderWay);
        Assert.InRange(simulation.Hub.MostReportsUnderWay, 1, VersionPace.MaxUnderWay);
        Assert.InRange(simulation.Hub.MostInAMinute, 1, (15 * 60) + 20);
        Assert.InRange(simulation.Hub.MostInASecond, 1, 20);
        Assert.InRange(simulation.Hub.MostSubscribed, 1, 100 - SubscriptionBudget.KeptForGateway);
    }

    private static List<(SubDevicePlan Device, bool IsBound)> Devices() =>
    [
        .. Enumerable.Range(0, Count).Select(n =>
        {
            PointAccess[] points = (n % 3) switch { 0 => [PointAccess.ReadWrite], 1 => [PointAccess.Read], _ => [] };
            return (Simulation.Device($"m{n:000}", hasSecret: n % 25 != 0, points), n % 10 != 1);
        }),
    ];

    private static SubDeviceId Any(Random random, List<SubDeviceId> ids) => ids[random.Next(ids.Count)];

    private static IEnumerable<SubDeviceId> Some(Random random, List<SubDeviceId> ids) =>
        ids.Skip(random.Next(ids.Count)).Take(random.Next(100));

    private static void WithSeed(Action<Random> test)
    {
        int seed = (int)Number("BRIDGE_SOAK_SEED", Random.Shared.Next());
        try
        {
            test(new Random(seed));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"Repeat with BRIDGE_SOAK_SEED={seed} BRIDGE_SOAK_HOURS={Length.TotalHours}: {exception.Message}", exception);
        }
    }

    private static double Number(string variable, double otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
