using BridgeFramework.Outbox;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What a driver is asked for, and what its answer or its silence means.</summary>
public sealed class CommandExecutionTests : IAsyncDisposable
{
    private readonly WatchedTime _time = new();
    private readonly LaneOutbox _outbox = TestUplink.Outbox();
    private readonly SimulatedDisk _disk = new();
    private readonly CommandJournal _journal;
    private readonly Task _writing;

    private readonly SubDevice _meter = new()
    {
        Id = SubDeviceId.Parse("SUBPROD001/meter"),
        Settings = new object(),
        Points =
        [
            new PointDefinition { Name = "voltage", At = new object() },
            new PointDefinition { Name = "setpoint", At = new object(), Access = PointAccess.ReadWrite, Type = VariantKind.Number },
            new PointDefinition { Name = "mode", At = new object(), Access = PointAccess.Write, Type = VariantKind.Text },
            new PointDefinition { Name = "any", At = new object(), Access = PointAccess.Write },
        ],
    };

    public CommandExecutionTests()
    {
        var options = new CommandJournalOptions();
        _journal = new CommandJournal(options, _time, NullLogger<CommandJournal>.Instance);
        _writing = new JournalWriter(_journal, _disk, options, _time, NullLogger<JournalWriter>.Instance).RunAsync();
    }

    public static TheoryData<string, object?, CommandOutcome> Values { get; } = new()
    {
        { "setpoint", 21.5, CommandOutcome.Done },
        { "setpoint", 21L, CommandOutcome.Done },
        { "setpoint", "21", CommandOutcome.Refused },
        { "setpoint", true, CommandOutcome.Refused },
        { "setpoint", null, CommandOutcome.Refused },
        { "mode", "eco", CommandOutcome.Done },
        { "mode", 1L, CommandOutcome.Refused },
        { "any", true, CommandOutcome.Done },
        { "voltage", 1L, CommandOutcome.Refused },
        { "nonsense", 1L, CommandOutcome.Refused },
    };

    public static TheoryData<Exception, CommandOutcome> Exceptions { get; } = new()
    {
        { new DeviceUnreachableException("no answer"), CommandOutcome.TimedOut },
        { new DeviceRejectedException("out of range"), CommandOutcome.Refused },
        { new LinkDownException("no carrier"), CommandOutcome.Absent },
        { new DriverException("something"), CommandOutcome.Unknown },
        { new InvalidOperationException("bug"), CommandOutcome.Unknown },
    };

    public async ValueTask DisposeAsync()
    {
        _journal.Complete();
        await Step.Of("the journal is written", _writing.WaitAsync);
        await _outbox.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_is_passed_on_where_the_point_takes_it(string point, object? value, CommandOutcome expected)
    {
        var driver = new Driver((command, _) => Task.FromResult(Done(command)));

        var reply = await RunAsync(driver, (point, value switch
        {
            double number => Variant.From(number),
            long number => Variant.From(number),
            bool flag => Variant.From(flag),
            string text => Variant.From(text),
            _ => default,
        }));

        Assert.Equal((expected, expected), (reply.Outcome, Assert.Single(reply.Points).Outcome));
        Assert.Equal(expected == CommandOutcome.Done ? 1 : 0, driver.Calls);
        Assert.Equal(expected == CommandOutcome.Done, reply.Points[0].Reason is null);
    }

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task What_a_driver_throws_has_a_meaning(Exception exception, CommandOutcome expected)
    {
        var reply = await RunAsync(new Driver((_, _) => throw exception), ("setpoint", Variant.From(1)));

        Assert.Equal((expected, exception.Message), (reply.Outcome, reply.Points[0].Reason));
    }

    [Fact]
    public async Task What_a_driver_does_not_mention_is_unknown()
    {
        var reply = await RunAsync(new Driver((_, _) => Task.FromResult(new CommandResult())), ("setpoint", Variant.From(1)));

        Assert.Equal(CommandOutcome.Unknown, reply.Outcome);
    }

    [Fact]
    public async Task Results_keep_the_order_of_the_command_and_what_is_refused_does_not_stop_the_rest()
    {
        var reply = await RunAsync(
            new Driver((command, _) => Task.FromResult(Done(command))), ("mode", Variant.From("eco")), ("voltage", Variant.From(1)), (
                "setpoint", Variant.From(2)));

        Assert.Equal(
            [("mode", CommandOutcome.Done), ("voltage", CommandOutcome.Refused), ("setpoint", CommandOutcome.Done)],
            reply.Points.Select(point => (point.Point, point.Outcome)));
        Assert.Equal(CommandOutcome.Refused, reply.Outcome);
    }

    [Fact]
    public async Task A_call_that_blocks_its_thread_is_left_behind_at_the_deadline()
    {
        using var hang = new ManualResetEventSlim();
        var driver = new Driver((command, _) =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            hang.Wait(TestContext.Current.CancellationToken);
            return Task.FromResult(Done(command));
        });

        var reply = await Step.Of("the reply", _ => RunAsync(driver, ("setpoint", Variant.From(1))));

        Assert.Equal(CommandOutcome.TimedOut, reply.Outcome);
        hang.Set();
    }

    [Fact]
    public async Task A_driver_that_must_not_be_asked_is_not_and_what_was_wrong_with_the_others_is_told_too()
    {
        _disk.Fails = true;
        var driver = new Driver((command, _) => Task.FromResult(Done(command)));

        var reply = await RunAsync(driver, ("nonsense", Variant.From(1)), ("setpoint", Variant.From(1)));

        Assert.Equal(0, driver.Calls);
        Assert.Equal([CommandOutcome.Refused, CommandOutcome.Refused], reply.Points.Select(point => point.Outcome));
        Assert.Equal("It cannot be noted on the gateway's disk, so it is not carried out: Input/output error.", reply.Points[1].Reason);
    }

    private static CommandResult Done(DeviceCommand command) => new()
    {
        Points = [.. ((WritePoints)command).Writes.Select(write => new PointResult { Point = write.Point, Outcome = CommandOutcome.Done })],
    };

    private Task<CommandReply> RunAsync(Driver driver, params (string Point, Variant Value)[] writes)
    {
        var plan = ChannelBench.Configuration();
        var standing = new ChannelStanding(plan, _time);
        var uplink = new UplinkIntake(_outbox, TestUplink.Clock(_time), plan.Devices, TestUplink.BadInterval, _time);
        var channel = new HostedChannel(
            plan.Name, [_meter], store: null! /* not looked at */, uplink, (_, _, _) => { }, (_, _) => { }, _ => { },
            standing.Traffic, _time);
        standing.Begin(new ActiveRun(channel, driver, plugin: null, standing.Calls, standing.Lost));
        Assert.True(standing.TryServe(channel, out _));
        return new CommandExecution(_journal, _ => true, _time).ExecuteAsync(
            new CommandRecipient(CommandRoute.Of(plan.Devices[0], new CommandEntrance(standing))),
            new DownlinkCommand("c1", null, [.. writes.Select(write => new NamedWrite(write.Point, write.Value))]),
            CancellationToken.None);
    }

    private sealed class Driver(Func<DeviceCommand, CancellationToken, Task<CommandResult>> execute) : ISubDeviceDriver, ICommandHandler
    {
        public int Calls { get; private set; }

        public Task RunAsync(IChannel channel, CancellationToken stopping) => Task.CompletedTask;

        public Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
        {
            Calls++;
            return execute(command, cancellationToken);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
