using BridgeFramework.Configuration;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What orders make of an update, in every phase.</summary>
public sealed class UpdateTransitionTests
{
    private static readonly SubDeviceId Meter = SubDeviceId.Parse("SUBPROD001/m1");
    private static readonly FirmwareTask Wanted = TaskTo("1.0.0");
    private static readonly UpdatePolicy Plain = new();

    public static TheoryData<UpdatePhase> Phases => [.. Enum.GetValues<UpdatePhase>()];

    [Theory]
    [InlineData(null, "1.0.0", false, false, UpdatePhase.Downloading)]
    [InlineData("0.1.0", "1.0.0", false, false, UpdatePhase.Downloading)]
    [InlineData("0.1.0", "1.0.0", true, false, UpdatePhase.Held)]
    [InlineData("1.0.0", "1.0.0", false, false, UpdatePhase.Done)]
    [InlineData("1.0.0", "1.0.0", true, false, UpdatePhase.Done)]
    [InlineData("2.0.0", "1.0.0", false, false, UpdatePhase.Failed)]
    [InlineData("2.0.0", "1.0.0", true, false, UpdatePhase.Failed)]
    [InlineData("2.0.0", "1.0.0", false, true, UpdatePhase.Downloading)]
    [InlineData("2.0.0", "1.0.0", true, true, UpdatePhase.Held)]
    public void An_update_begins_where_its_version_and_its_product_say(
        string? inForce, string wanted, bool hold, bool downgrade, UpdatePhase phase)
    {
        var record = UpdateTransition.Begin(
            Meter, TaskTo(wanted), new InForce(inForce), new UpdatePolicy { HoldForApproval = hold, AllowDowngrade = downgrade },
                "products.P.firmware", DateTimeOffset.UnixEpoch);

        Assert.Equal((phase, inForce, phase == UpdatePhase.Failed ? FirmwareResultCode.UpdateFailed : FirmwareResultCode.Success), (
            record.Phase, record.From, record.Code));
        Assert.Equal(phase is UpdatePhase.Failed or UpdatePhase.Held, record.Reason.Length > 0);
        Assert.False(record.IsReported);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void The_same_order_again_changes_nothing_but_the_address(UpdatePhase phase)
    {
        var record = In(phase);

        Assert.Same(record, Order(record, Wanted));

        var elsewhere = Wanted with { Url = new Uri("http://other/fw.bin") };
        var after = Order(record, elsewhere);
        Assert.Equal(phase, after.Phase);
        Assert.Equal(record.IsFinal ? Wanted.Url : elsewhere.Url, after.Task.Url);
    }

    [Theory]
    [InlineData(UpdatePhase.Held, UpdatePhase.Failed)]
    [InlineData(UpdatePhase.Downloading, UpdatePhase.Failed)]
    [InlineData(UpdatePhase.Queued, UpdatePhase.Failed)]
    [InlineData(UpdatePhase.Offered, UpdatePhase.Failed)]
    [InlineData(UpdatePhase.HandingOver, UpdatePhase.HandingOver)]
    [InlineData(UpdatePhase.Confirming, UpdatePhase.Confirming)]
    [InlineData(UpdatePhase.Done, UpdatePhase.Done)]
    [InlineData(UpdatePhase.Failed, UpdatePhase.Failed)]
    public void Another_version_waits_for_what_is_on_its_way_into_the_device_and_ends_what_is_not(UpdatePhase phase, UpdatePhase then)
    {
        var other = TaskTo("2.0.0");

        var after = Order(In(phase), other);

        Assert.Equal((then, other, "1.0.0"), (after.Phase, after.Next, after.Task.Version));
    }

    [Theory]
    [InlineData(UpdatePhase.Done)]
    [InlineData(UpdatePhase.Failed)]
    public void What_has_ended_and_is_known_at_the_hub_makes_room_for_the_next(UpdatePhase phase)
    {
        Assert.Equal(UpdatePhase.Downloading, Order(In(phase) with { IsReported = true }, Wanted).Phase);
        Assert.Equal("2.0.0", Order(In(phase) with { IsReported = true }, TaskTo("2.0.0")).Task.Version);
    }

    [Fact]
    public void Who_goes_back_to_the_order_that_is_under_way_is_not_given_the_other_one()
    {
        var record = Order(In(UpdatePhase.HandingOver), TaskTo("2.0.0"));

        Assert.Null(Order(record, Wanted).Next);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void An_operator_approves_what_is_held_cancels_what_has_not_ended_and_retries_what_has_failed(UpdatePhase phase)
    {
        var record = In(phase) with { Failures = 2, Spent = TimeSpan.FromHours(1), IsReported = true };

        Assert.Equal(phase == UpdatePhase.Held ? UpdatePhase.Downloading : null, UpdateTransition.Approve(record)?.Phase);
        Assert.Equal(record.IsFinal ? null : UpdatePhase.Failed, UpdateTransition.Cancel(record)?.Phase);
        var retried = UpdateTransition.Retry(record, Begin);
        Assert.Equal(phase == UpdatePhase.Failed ? UpdatePhase.Downloading : null, retried?.Phase);
        if (retried is not null)
            Assert.Equal((0, TimeSpan.Zero, false, FirmwareResultCode.Success, ""), (
                retried.Failures, retried.Spent, retried.IsReported, retried.Code, retried.Reason));
    }

    [Theory]
    [InlineData("1.0.0", "1.0.0", 0)]
    [InlineData("1.0.0", "1.0.1", -1)]
    [InlineData("1.9.0", "1.10.0", -1)]
    [InlineData("1.2", "1.2.1", -1)]
    [InlineData("1.2-rc1", "1.2", -1)]
    [InlineData("1.2-rc1", "1.2-rc2", -1)]
    [InlineData("v1.2", "1.3", -1)]
    [InlineData("v1.2", "1.2", 0)]
    [InlineData("1.02", "1.2", 0)]
    [InlineData("20260101_120000", "20260102_000000", -1)]
    [InlineData("99999999999999999999998", "99999999999999999999999", -1)]
    [InlineData("a", "b", -1)]
    [InlineData("a", "1", -1)]
    public void Versions_are_compared_part_by_part(string one, string other, int order)
    {
        Assert.Equal(order, Math.Sign(VersionComparison.Compare(one, other)));
        Assert.Equal(-order, Math.Sign(VersionComparison.Compare(other, one)));
    }

    private static UpdateRecord Order(UpdateRecord record, FirmwareTask task) =>
        UpdateTransition.Assign(record, task, Begin);

    private static UpdateRecord Begin(FirmwareTask task) =>
        UpdateTransition.Begin(Meter, task, new InForce("0.1.0"), Plain, "products.P.firmware", DateTimeOffset.UnixEpoch);

    private static UpdateRecord In(UpdatePhase phase) => Begin(Wanted) with { Phase = phase };

    private static FirmwareTask TaskTo(string version) =>
        new() { Version = version, Size = 100, Md5 = "1864c7bdedbe7c28714025ff5a0d871a", Url = new Uri("http://files/fw.bin?sign=secret") };
}
