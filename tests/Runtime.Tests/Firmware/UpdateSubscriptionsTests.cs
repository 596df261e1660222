using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Who is subscribed to where there are fewer places than sub-devices.</summary>
public sealed class UpdateSubscriptionsTests
{
    private readonly WatchedTime _time = new();
    private readonly List<string> _said = [];
    private Exception? _refusal;

    [Fact]
    public async Task With_places_for_all_none_ever_moves()
    {
        var subscriptions = Of(places: 3);
        foreach (int n in (int[])[1, 2, 3, 1, 2, 3]) await Ensure(subscriptions, n);

        Assert.Equal(["+1", "+2", "+3"], _said);
    }

    [Fact]
    public async Task Who_has_been_there_longest_makes_room_and_is_heard_again()
    {
        var subscriptions = Of(places: 2);
        foreach (int n in (int[])[1, 2, 1, 3]) await Ensure(subscriptions, n);
        Assert.Equal(["+1", "+2", "-2", "+3"], _said);

        Assert.Equal([2], await HeardAgain(subscriptions, rotations: 2));
    }

    [Fact]
    public async Task Who_needs_an_address_stays_and_who_finds_no_place_is_heard_later()
    {
        var subscriptions = Of(places: 2);
        subscriptions.MustStay = id => id == Id(1);
        foreach (int n in (int[])[1, 2, 3]) await Ensure(subscriptions, n);
        Assert.Equal(["+1", "+2", "-2", "+3"], _said);

        subscriptions.MustStay = _ => true;
        await Ensure(subscriptions, 4);
        Assert.Equal(4, _said.Count);
        Assert.Equal([2, 4], await HeardAgain(subscriptions, rotations: 3));
    }

    [Fact]
    public async Task Who_is_gone_is_heard_no_more_and_who_has_a_place_too_many_is_heard_later()
    {
        var subscriptions = Of(places: 4);
        subscriptions.MustStay = id => id == Id(1);
        foreach (int n in (int[])[1, 2, 3, 4]) await Ensure(subscriptions, n);
        _said.Clear();

        await subscriptions.ApplyAsync(places: 1, new HashSet<SubDeviceId> { Id(1), Id(2), Id(4) }, TestContext.Current.CancellationToken);
        Assert.Equal(["-3", "-2", "-4"], _said);
        Assert.Equal([2, 4], await HeardAgain(subscriptions, rotations: 3));

        await subscriptions.ApplyAsync(places: 3, new HashSet<SubDeviceId> { Id(1), Id(2) }, TestContext.Current.CancellationToken);
        _said.Clear();
        await Ensure(subscriptions, 2);
        Assert.Equal(["+2"], _said);
    }

    [Fact]
    public async Task Offers_that_stand_and_updates_that_wait_for_their_device_keep_no_place()
    {
        await using var offers = await OfferBench.StartAsync(devices: 3, bench => bench[2].SetReady(false));
        var subscriptions = Of(places: 2);
        subscriptions.MustStay = offers.Bench.Updates.NeedsAddress;
        var image = offers.Bench.Add("1.0.0", [1, 2, 3]);
        for (int n = 1; n <= 2; n++)
        {
            await subscriptions.EnsureAsync(FirmwareBench.Id(n), TestContext.Current.CancellationToken);
            offers.Bench.Assign(n, image);
            await offers.Until(n, n == 1 ? UpdatePhase.Offered : UpdatePhase.Queued);
        }

        await subscriptions.EnsureAsync(FirmwareBench.Id(3), TestContext.Current.CancellationToken);

        Assert.Equal(["+1", "+2", "-1", "+3"], _said);
    }

    [Fact]
    public async Task A_device_whose_image_is_being_fetched_keeps_its_place()
    {
        await using var bench = await FirmwareBench.StartAsync(prepare: bench => bench.OnVersionAgain = _ => { });
        bench.SetOnline(false);
        Assert.False(bench.Updates.NeedsAddress(FirmwareBench.Id(1)));

        bench.Assign(1, bench.Add("1.0.0", [1, 2, 3]), url: new Uri("http://127.0.0.1:1/fw.bin"));

        await bench.Until("it is being fetched", () => bench.StatusOf(1)?.Phase == UpdatePhase.Downloading);
        Assert.True(bench.Updates.NeedsAddress(FirmwareBench.Id(1)));
    }

    [Fact]
    public async Task Nobody_waits_twice_however_often_it_speaks()
    {
        var subscriptions = Of(places: 1);
        for (int round = 0; round < 50; round++)
            foreach (int n in (int[])[1, 2, 3]) await Ensure(subscriptions, n);

        Assert.Equal([1, 2], await HeardAgain(subscriptions, rotations: 5));
    }

    [Fact]
    public async Task A_new_connection_begins_with_nobody()
    {
        var subscriptions = Of(places: 1);
        await Ensure(subscriptions, 1);
        await Ensure(subscriptions, 2);
        subscriptions.Reset();

        await Ensure(subscriptions, 2);

        Assert.Equal(["+1", "-1", "+2", "+2"], _said);
        Assert.Empty(await HeardAgain(subscriptions, rotations: 2));
    }

    [Fact]
    public async Task A_subscription_that_the_hub_refuses_keeps_no_version_from_being_reported()
    {
        var subscriptions = Of(places: 1);
        _refusal = new SubscriptionRefusedException("$ota/update/P/d1");

        await Ensure(subscriptions, 1);
        _refusal = null;
        await Ensure(subscriptions, 2);

        Assert.Equal(["+2"], _said);
    }

    [Fact]
    public async Task With_fewer_places_those_make_room_that_need_no_address_and_are_heard_again()
    {
        var subscriptions = Of(places: 3);
        subscriptions.MustStay = id => id == Id(1);
        foreach (int n in (int[])[1, 2, 3]) await Ensure(subscriptions, n);

        await Apply(subscriptions, places: 1, 1, 2, 3);
        Assert.Equal(["+1", "+2", "+3", "-2", "-3"], _said);
        Assert.Equal([2], await HeardAgain(subscriptions, rotations: 1));

        await Apply(subscriptions, places: 2, 1, 2, 3);
        await Ensure(subscriptions, 2);
        Assert.Equal("+2", _said[^1]);
    }

    [Fact]
    public async Task One_that_has_left_is_heard_no_more()
    {
        var subscriptions = Of(places: 1);
        await Ensure(subscriptions, 1);
        await Ensure(subscriptions, 2);

        await Apply(subscriptions, places: 1, 3);

        Assert.Equal(["+1", "-1", "+2", "-2"], _said);
        Assert.Empty(await HeardAgain(subscriptions, rotations: 2));
    }

    private static SubDeviceId Id(int n) => SubDeviceId.Parse($"P/d{n}");

    private static Task Apply(UpdateSubscriptions subscriptions, int places, params int[] devices) =>
        subscriptions.ApplyAsync(places, devices.Select(Id).ToHashSet(), TestContext.Current.CancellationToken);

    private static Task Ensure(UpdateSubscriptions subscriptions, int n) =>
        subscriptions.EnsureAsync(Id(n), TestContext.Current.CancellationToken);

    private UpdateSubscriptions Of(int places) =>
        new(places, (topic, _) => Say('+', topic), (topic, _) => Say('-', topic), _time, NullLogger<UpdateSubscriptions>.Instance);

    private ValueTask Say(char what, string topic)
    {
        if (_refusal is { } refusal) return ValueTask.FromException(refusal);
        _said.Add($"{what}{topic[^1]}");
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<int>> HeardAgain(UpdateSubscriptions subscriptions, int rotations)
    {
        var heard = new List<int>();
        using var stop = new CancellationTokenSource();
        var running = subscriptions.RunAsync(id => heard.Add(id.DeviceName[^1] - '0'), stop.Token);
        for (int i = 0; i < rotations; i++)
        {
            await _time.TimerArmed.ReadAsync(TestContext.Current.CancellationToken);
            _time.Advance(UpdateSubscriptions.Rotation);
        }

        await _time.TimerArmed.ReadAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return heard;
    }
}
