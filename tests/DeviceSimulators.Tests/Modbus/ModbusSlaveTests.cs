using System.Net.Sockets;
using BridgeFramework.Testing;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.DeviceSimulators.Tests;

public sealed class ModbusSlaveTests
{
    private const string ReadOne = "03 0000 0001";
    private const string One = "03020001";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ModbusSlave Start(ModbusSlaveOptions? options = null)
    {
        var slave = ModbusSlave.Start(options);
        slave.AddUnit(1).Holding.SetUInt16(0, 1);
        slave.AddUnit(2).Holding.SetUInt16(0, 2);
        return slave;
    }

    [Fact]
    public async Task Each_unit_answers_for_itself()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        Assert.Equal(One, await master.AskAsync(1, ReadOne));
        Assert.Equal("03020002", await master.AskAsync(2, ReadOne));
    }

    [Fact]
    public async Task A_request_in_pieces_and_two_in_one_are_both_understood()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        await master.SendAsync("0001 0000 00");
        await master.SendAsync("06 01 03 0000");
        await master.SendAsync("0001 0002 0000 0006 02 03 0000 0001");
        Assert.Equal("0001000000050103020001", await master.ReceiveAsync(11));
        Assert.Equal("0002000000050203020002", await master.ReceiveAsync(11));
    }

    [Fact]
    public async Task A_write_is_told_without_polling_and_with_its_values()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        await master.AskAsync(2, "06 0000 00D7");

        var write = await slave.Writes.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("the write");
        Assert.Equal((2, ModbusTable.HoldingRegisters, 0), (write.Unit, write.Table, write.Address));
        Assert.Equal([215], write.Values);
        Assert.Equal("unit 2 holding 0 = 215 (00D7)", write.ToString());
        Assert.Equal(215, slave[2].Holding.GetUInt16(0));
    }

    [Fact]
    public async Task A_refused_write_is_not_told()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        Assert.Equal("8602", await master.AskAsync(1, "06 0001 00D7"));
        Assert.False(slave.Writes.TryRead(out _));
    }

    [Fact]
    public async Task What_is_not_Modbus_is_cut_off()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        await master.SendAsync("474554202F20485454502F312E310D0A"); // GET / HTTP/1.1
        await master.ClosedAsync();
    }

    [Fact]
    public async Task An_unknown_unit_is_silent_or_refused_as_configured()
    {
        await using var silent = Start();
        using var master = await RawMaster.ConnectAsync(silent);
        await master.SendAsync(1, 77, ReadOne);
        await master.SendAsync(2, 1, ReadOne);
        Assert.Equal("0002000000050103020001", await master.ReceiveAsync(11));

        await using var telling = Start(new ModbusSlaveOptions { UnknownUnit = ModbusExceptionCode.GatewayTargetFailed });
        using var other = await RawMaster.ConnectAsync(telling);
        Assert.Equal("830B", await other.AskAsync(77, ReadOne));
    }

    [Fact]
    public async Task A_unit_without_power_is_silent_and_the_others_go_on()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        slave[1].PoweredOff = true;
        await master.SendAsync(1, 1, ReadOne);
        Assert.Equal("03020002", await master.AskAsync(2, ReadOne));
        slave[1].PoweredOff = false;
        Assert.Equal(One, await master.AskAsync(1, ReadOne));
    }

    [Fact]
    public async Task A_connection_too_many_is_closed_and_room_is_made_by_one_that_leaves()
    {
        await using var slave = Start(new ModbusSlaveOptions { MaxConnections = 1 });
        using var first = await RawMaster.ConnectAsync(slave);
        Assert.Equal(One, await first.AskAsync(1, ReadOne));
        using var second = await RawMaster.ConnectAsync(slave);
        await second.ClosedAsync();
        Assert.Equal(One, await first.AskAsync(1, ReadOne));
    }

    [Fact]
    public async Task A_delayed_answer_comes_when_its_time_is_up_and_not_before()
    {
        var time = new WatchedTime();
        await using var slave = Start(new ModbusSlaveOptions { Time = time });
        using var master = await RawMaster.ConnectAsync(slave);
        slave.Inject(new ModbusFault { Delay = TimeSpan.FromSeconds(2), Times = 1 });
        await master.SendAsync(1, 1, ReadOne);
        await master.SendAsync(2, 2, ReadOne);

        await time.ArmedAsync(TimeSpan.FromSeconds(2));
        time.Advance(TimeSpan.FromSeconds(1.9));
        var answer = master.ReceiveAsync(22);
        Assert.False(answer.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("0001000000050103020001" + "0002000000050203020002", await answer);
    }

    [Fact]
    public async Task An_answer_can_be_doubled_halved_misnamed_or_kept()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);

        slave.Inject(new ModbusFault { Duplicate = true, Times = 1 });
        await master.SendAsync(1, 1, ReadOne);
        Assert.Equal("0001000000050103020001" + "0001000000050103020001", await master.ReceiveAsync(22));

        slave.Inject(new ModbusFault { WrongTransactionId = true, Times = 1 });
        await master.SendAsync(2, 1, ReadOne);
        Assert.Equal("FFFD000000050103020001", await master.ReceiveAsync(11));

        slave.Inject(new ModbusFault { WrongUnit = true, Dribble = true, Times = 1 });
        await master.SendAsync(3, 1, ReadOne);
        Assert.Equal("000300000005FE03020001", await master.ReceiveAsync(11));

        slave.Inject(new ModbusFault { Silent = true, Times = 1 });
        await master.SendAsync(4, 1, ReadOne);
        slave.Inject(new ModbusFault { Garbage = new byte[] { 0xEE }, Times = 1 });
        await master.SendAsync(5, 1, ReadOne);
        Assert.Equal("EE" + "0005000000050103020001", await master.ReceiveAsync(12));

        slave.Inject(new ModbusFault { Half = true, Close = true });
        await master.SendAsync(6, 1, ReadOne);
        Assert.Equal("0006000000", await master.ReceiveAsync(5));
        await master.ClosedAsync();
    }

    [Fact]
    public async Task A_fault_concerns_its_unit_and_function_and_ends_when_cleared()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        slave.Inject(new ModbusFault { Unit = 1, FunctionCode = 3, Exception = ModbusExceptionCode.ServerDeviceBusy });

        Assert.Equal("8306", await master.AskAsync(1, ReadOne));
        Assert.Equal("8306", await master.AskAsync(1, ReadOne));
        Assert.Equal("03020002", await master.AskAsync(2, ReadOne));
        Assert.Equal("0600000001", await master.AskAsync(1, "06 0000 0001"));
        slave.ClearFaults();
        Assert.Equal(One, await master.AskAsync(1, ReadOne));
    }

    [Fact]
    public async Task A_request_refused_by_a_fault_is_not_carried_out_but_one_left_unanswered_is()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        slave.Inject(new ModbusFault { Exception = ModbusExceptionCode.ServerDeviceFailure, Times = 1 });
        Assert.Equal("8604", await master.AskAsync(1, "06 0000 0005"));
        Assert.Equal(1, slave[1].Holding.GetUInt16(0));

        slave.Inject(new ModbusFault { Silent = true, Times = 1 });
        await master.SendAsync(2, 1, "06 0000 0006");
        await slave.Writes.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("the write");
        Assert.Equal(6, slave[1].Holding.GetUInt16(0));
    }

    [Fact]
    public async Task A_slave_that_went_away_refuses_and_comes_back_on_its_port()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        Assert.Equal(One, await master.AskAsync(1, ReadOne));
        int port = slave.Port;

        slave.GoAway();
        await master.ClosedAsync();
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            using var refused = await RawMaster.ConnectAsync(slave);
        });

        slave.ComeBack();
        using var again = await RawMaster.ConnectAsync(slave);
        Assert.Equal(One, await again.AskAsync(1, ReadOne));
        Assert.Equal(port, slave.Port);
    }

    [Fact]
    public async Task What_was_asked_is_told_even_when_it_is_not_answered()
    {
        await using var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        slave.Inject(new ModbusFault { Silent = true });
        await master.SendAsync(0x0A0B, 9, "03 0001 0002");
        Assert.Equal("#0A0B unit 9 03 00 01 00 02",
            (await slave.Requests.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("the request")).ToString());
    }

    [Fact]
    public async Task Disposing_ends_connections_and_the_stream_of_writes_and_may_be_done_twice()
    {
        var slave = Start();
        using var master = await RawMaster.ConnectAsync(slave);
        Assert.Equal(One, await master.AskAsync(1, ReadOne));
        var writes = slave.Writes;
#pragma warning disable IDISP016 // Disposing twice is what this test is about.
        await slave.DisposeAsync();
        await slave.DisposeAsync();
#pragma warning restore IDISP016
        await master.ClosedAsync();
        Assert.False(await writes.WaitToReadAsync(Token));
    }
}
