namespace BridgeFramework.Runtime.Tests;

/// <summary>Random changes of the plan in simulated time. <c>BRIDGE_PLAN_CHANGES</c> says how many (default 300),
/// <c>BRIDGE_PLAN_SEED</c> repeats one.</summary>
public sealed class PlanChangeTests
{
    private const int Count = 60;
    private const string Restart = "a restart";
    private static readonly int Steps = Number("BRIDGE_PLAN_CHANGES", 300);

    [Fact]
    public void Where_nothing_goes_wrong_the_hub_hears_exactly_what_a_change_of_the_plan_must_tell_it() => WithSeed(random =>
    {
        using var history = new PlanHistory(Count, random);
        var simulation = history.Simulation;
        foreach (var id in history.Named) history.Say(id, random.Next(4) > 0);
        simulation.Connect();
        for (int step = 0; step < Steps; step++)
        {
            string what = step == 0 ? "the start" : Happen(history, random.Next(8));
            var places = PlacesOf(simulation);
            int before = simulation.Hub.Asked.Count;
            var fewest = history.Oracles.ToDictionary(pair => pair.Key, pair => pair.Value.Settle());
            simulation.Run(TimeSpan.FromMinutes(3));

            var asked = simulation.Hub.Asked.Skip(before)
                .Where(asked => asked.Action is not (CloudAction.Subscribe or CloudAction.Unsubscribe))
                .ToLookup(asked => asked.Id, asked => asked.Action);
            foreach (var (id, oracle) in history.Oracles)
            {
                Assert.True(fewest[id] == asked[id].Count(),
                    $"Step {step}, {what}: {string.Join(' ', asked[id])} of {id} instead of {fewest[id]} operations.");
                Assert.True(oracle.IsUnheard || oracle.IsOnline == simulation.Hub.IsOnline(id), $"Step {step}, {what}: {id} at the hub.");
            }

            foreach (var (id, parted) in history.Parted)
                Assert.True(parted.IsCompleted && !simulation.Hub.IsOnline(id), $"Step {step}, {what}: {id} has not left.");
            places.IntersectWith(history.Named);
            Assert.True(what == Restart || places.IsSubsetOf(PlacesOf(simulation)), $"Step {step}, {what}: one has lost its place.");
            AssertAgreement(history);
        }
    });

    [Fact]
    public void Whatever_goes_wrong_the_hub_ends_as_the_plan_says() => WithSeed(random =>
    {
        using var history = new PlanHistory(Count, random);
        var simulation = history.Simulation;
        simulation.Hub.Trouble = 0.1;
        simulation.Connect();
        for (int step = 0; step < Steps * 5; step++)
        {
            simulation.Run(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) * 2));
            Happen(history, random.Next(40) == 0 ? 1 : random.Next(2, 8));
        }

        simulation.Hub.Trouble = 0;
        foreach (var id in history.Named) history.Say(id, random.Next(2) == 0);
        simulation.Disconnect();
        simulation.Connect();
        simulation.Run(TimeSpan.FromMinutes(20)); // longer than any rest, grace and calm

        foreach (var id in history.Named)
        {
            bool isOnline = history.Oracles[id].IsPresent && simulation.Hub.IsBound(id);
            Assert.True(isOnline == simulation.Hub.IsOnline(id), $"{id}: {simulation.StatusOf(id)}");
        }

        var refused = simulation.Log.GetSnapshot().Where(record => record.Id.Id == 4017).Select(record => record.Message).ToList();
        foreach (var (id, parted) in history.Parted)
        {
            Assert.True(parted.IsCompleted, $"{id} has not left.");
            Assert.True(!simulation.Hub.IsOnline(id) || refused.Exists(message => message.StartsWith($"{id} ", StringComparison.Ordinal)),
                $"{id} has left, and is online.");
        }

        AssertAgreement(history);
    });

    private static string Happen(PlanHistory history, int what)
    {
        switch (what)
        {
            case 0: history.Restart(); return Restart;
            case 1: history.Reconnect(); return "another connection";
            case 2: history.ChangeThere(); return "the console";
            case 3: history.ChangePresences(); return "presences";
            case 4: history.Part(); return "partings";
            default: history.ChangePlan(); return "another plan";
        }
    }

    /// <summary>Who there is, and what the hub is subscribed with.</summary>
    private static void AssertAgreement(PlanHistory history)
    {
        var simulation = history.Simulation;
        var status = simulation.Reconciler.Snapshot();
        Assert.True(history.Named.SetEquals(status.Where(device => !device.IsLeaving).Select(device => device.Id)), "Who is named.");
        Assert.True(history.Leaving.SetEquals(status.Where(device => device.IsLeaving).Select(device => device.Id)), "Who leaves.");
        var wanted = status.Where(device => device.Commands is CommandReach.Pending or CommandReach.Reachable)
            .Select(device => CommandTopics.CommandsOf(history.PlanOf(device.Id))).ToHashSet(StringComparer.Ordinal);
        Assert.True(wanted.IsSupersetOf(simulation.Hub.Subscribed), "The hub is subscribed with what nobody needs.");
        foreach (var device in status.Where(device => device.Commands == CommandReach.Reachable))
            Assert.Contains(
                CommandTopics.CommandsOf(history.PlanOf(device.Id)), simulation.Hub.Subscribed, StringComparer.Ordinal);
        Assert.InRange(simulation.Hub.MostSubscribed, 0, PlanHistory.Options.MaxSubscriptions - SubscriptionBudget.KeptForGateway);
        int places = status.Count(device => device.Commands is CommandReach.Pending or CommandReach.Reachable);
        int waiting = status.Count(device => device.Commands == CommandReach.OverBudget);
        Assert.True(waiting == 0 || places >= 9, $"{waiting} wait for a place, and {places} have one.");
    }

    private static HashSet<SubDeviceId> PlacesOf(Simulation simulation) =>
        [.. simulation.Reconciler.Snapshot()
            .Where(device => device.Commands is CommandReach.Pending or CommandReach.Reachable or CommandReach.Refused)
            .Select(device => device.Id)];

    private static void WithSeed(Action<Random> test)
    {
        int seed = Number("BRIDGE_PLAN_SEED", Random.Shared.Next());
        try
        {
            test(new Random(seed));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Repeat with BRIDGE_PLAN_SEED={seed}: {exception.Message}", exception);
        }
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : otherwise;
}
