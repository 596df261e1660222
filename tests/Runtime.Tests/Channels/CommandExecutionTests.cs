namespace BridgeFramework.Runtime.Tests;

public sealed class CommandExecutionTests
{
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
            new Driver((command, _) => Task.FromResult(Done(command))), ("mode", Variant.From("eco")), ("voltage", Variant.From(1)), ("setpoint", Variant.From(2)));

        Assert.Equal(
            [("mode", CommandOutcome.Done), ("voltage", CommandOutcome.Refused), ("setpoint", CommandOutcome.Done)],
            reply.Points.Select(point => (point.Point, point.Outcome)));
        Assert.Equal(CommandOutcome.Refused, reply.Outcome);
    }

    [Fact]
    public async Task A_call_that_blocks_its_thread_is_left_behind_at_the_deadline()
    {
        using var hang = new ManualResetEventSlim();
        using var deadline = new CancellationTokenSource();
        var driver = new Driver((command, _) =>
        {
            deadline.Cancel();
            hang.Wait(TestContext.Current.CancellationToken);
            return Task.FromResult(Done(command));
        });

        var reply = await Step.Of("the reply", _ => RunAsync(driver, deadline.Token, ("setpoint", Variant.From(1))));

        Assert.Equal(CommandOutcome.TimedOut, reply.Outcome);
        hang.Set();
    }

    [Fact]
    public async Task A_driver_that_must_not_be_asked_is_not_and_what_was_wrong_with_the_others_is_told_too()
    {
        Obstacle = "the disk";
        var driver = new Driver((command, _) => Task.FromResult(Done(command)));

        var reply = await RunAsync(driver, ("nonsense", Variant.From(1)), ("setpoint", Variant.From(1)));

        Assert.Equal(0, driver.Calls);
        Assert.Equal([CommandOutcome.Refused, CommandOutcome.Refused], reply.Points.Select(point => point.Outcome));
        Assert.Equal("the disk", reply.Points[1].Reason);
    }

    private string? Obstacle { get; set; }

    private static CommandResult Done(DeviceCommand command) => new()
    {
        Points = [.. ((WritePoints)command).Writes.Select(write => new PointResult { Point = write.Point, Outcome = CommandOutcome.Done })],
    };

    private Task<CommandReply> RunAsync(Driver driver, params (string Point, Variant Value)[] writes) => RunAsync(driver, CancellationToken.None, writes);

    private Task<CommandReply> RunAsync(Driver driver, CancellationToken deadline, params (string Point, Variant Value)[] writes) =>
        CommandExecution.ExecuteAsync(
            driver, new ReportedDevice(_meter, new UplinkSource(TestUplink.Device(_meter.Id.ToString()))), new DownlinkCommand("c1", null, [.. writes.Select(write => new NamedWrite(write.Point, write.Value))]),
            _ => Task.FromResult(Obstacle), CancellationToken.None, deadline);

    private sealed class Driver(Func<DeviceCommand, CancellationToken, Task<CommandResult>> execute) : ICommandHandler
    {
        public int Calls { get; private set; }

        public Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
        {
            Calls++;
            return execute(command, cancellationToken);
        }
    }
}
