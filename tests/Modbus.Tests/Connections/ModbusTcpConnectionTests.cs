using BridgeFramework.Testing;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Modbus.Tests;

public sealed class ModbusTcpConnectionTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _time = new();

    private enum Evil
    {
        Duplicate,
        WrongId,
        WrongUnit,
        WrongFunction,
        TooShort,
        TooLong,
        ByteCountThatLies,
        ForeignException,
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_late_answer_is_dropped_and_the_next_request_gets_its_own()
    {
        ServerRequest? first = null;
        await using var stream = new ScriptedStream(r =>
        {
            if (first is not null) return [Right(first), Right(r)];
            first = r;
            return [];
        });
        using var connection = Open(stream);

        var lost = connection.ExecuteAsync(new RegisterRequest(1)).AsTask();
        await stream.Written.Reader.ReadAsync(Ct);
        _time.Advance(Timeout + TimeSpan.FromMilliseconds(2));
        Assert.Equal(OutcomeKind.TimedOut, (await lost.OrFail("the time-out")).Kind);

        var request = new RegisterRequest(2);
        Assert.True((await connection.ExecuteAsync(request).AsTask().OrFail("the answer")).IsDone);
        Assert.Equal(14, request.Value);
        Assert.Equal(1, connection.Dropped);
    }

    [Fact]
    public async Task A_request_is_not_given_up_before_its_deadline()
    {
        await using var stream = new ScriptedStream(_ => []);
        using var connection = Open(stream);
        var lost = connection.ExecuteAsync(new RegisterRequest(1)).AsTask();
        var written = await stream.Written.Reader.ReadAsync(Ct);
        _time.Advance(Timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(lost.IsCompleted);
        stream.Push(Right(written));
        Assert.True((await lost.OrFail("the answer")).IsDone);
    }

    [Fact]
    public Task Whatever_comes_before_the_right_answer_no_value_is_shifted() =>
        Gen.Select(Gen.Enum<Evil>().Array[0, 4].Array[1, 12], Gen.Int[1, 20]).SampleAsync(
            async t => await Converse(t.Item1, t.Item2).OrFail("the right answer"), iter: 200);

    [Fact]
    public async Task Answers_out_of_order_reach_their_requests()
    {
        var held = new List<ServerRequest>();
        await using var stream = new ScriptedStream(r =>
        {
            held.Add(r);
            return held.Count < 4 ? [] : held.AsEnumerable().Reverse().Select(Right).ToList();
        });
        using var connection = Open(stream, maxOutstanding: 4);
        var requests = Enumerable.Range(1, 4).Select(i => new RegisterRequest(i)).ToList();
        var outcomes = requests.ConvertAll(r => connection.ExecuteAsync(r).AsTask());
        foreach (var outcome in outcomes) Assert.True((await outcome.OrFail("an answer")).IsDone);
        Assert.Equal([7, 14, 21, 28], requests.Select(r => r.Value));
    }

    [Fact]
    public async Task An_exception_is_an_outcome()
    {
        await using var stream = new ScriptedStream(r => [r.Exception(2)]);
        using var connection = Open(stream);
        var outcome = await connection.ExecuteAsync(new RegisterRequest(1)).AsTask().OrFail("the exception");
        Assert.Equal(new ModbusOutcome(OutcomeKind.Refused, ExceptionCode.IllegalDataAddress), outcome);
    }

    [Fact]
    public async Task Garbage_closes_the_connection_and_ends_what_is_outstanding()
    {
        await using var stream = new ScriptedStream(_ => [[1, 2, 3, 4, 5, 6, 7, 8]]);
        using var connection = Open(stream);
        Assert.Equal(OutcomeKind.LinkLost, (await connection.ExecuteAsync(new RegisterRequest(1)).AsTask().OrFail("the end")).Kind);
        Assert.Equal(OutcomeKind.LinkDown, (await connection.ExecuteAsync(new RegisterRequest(1))).Kind);
    }

    [Fact]
    public async Task More_requests_than_agreed_are_the_callers_mistake()
    {
        await using var stream = new ScriptedStream(_ => []);
        using var connection = Open(stream);
        _ = connection.ExecuteAsync(new RegisterRequest(1)).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await connection.ExecuteAsync(new RegisterRequest(2)));
    }

    private async Task Converse(Evil[][] before, int chunk)
    {
        int turn = 0;
        byte[]? last = null;
        await using var stream = new ScriptedStream(r =>
        {
            byte[] all = [.. before[turn++].SelectMany(e => Frame(e, r, last)), .. Right(r)];
            last = Right(r);
            return all.Chunk(chunk);
        });
        using var connection = Open(stream);
        for (int i = 0; i < before.Length; i++)
        {
            var request = new RegisterRequest(i + 1);
            Assert.True((await connection.ExecuteAsync(request)).IsDone);
            Assert.Equal(7 * (i + 1), request.Value);
        }
    }

    private static byte[] Frame(Evil evil, ServerRequest r, byte[]? last) => evil switch
    {
        Evil.Duplicate => last ?? [],
        Evil.WrongId => r.Frame([3, 2, 0xBA, 0xD0], transactionId: (ushort)(r.TransactionId + 1)),
        Evil.WrongUnit => r.Frame([3, 2, 0xBA, 0xD0], unit: 9),
        Evil.WrongFunction => r.Frame([4, 2, 0xBA, 0xD0]),
        Evil.TooShort => r.Frame([3, 1, 0xBA]),
        Evil.TooLong => r.Frame([3, 4, 0xBA, 0xD0, 0xBA, 0xD0]),
        Evil.ByteCountThatLies => r.Frame([3, 4, 0xBA, 0xD0]),
        _ => r.Frame([0x84, 2]),
    };

    private static byte[] Right(ServerRequest r) => r.Frame([3, 2, (byte)(7 * r.Address >> 8), (byte)(7 * r.Address)]);

    private ModbusTcpConnection Open(Stream stream, int maxOutstanding = 1)
    {
        var connection = new ModbusTcpConnection(stream, maxOutstanding, Timeout, _time);
        _ = connection.RunAsync(() => { }, Ct);
        return connection;
    }
}
