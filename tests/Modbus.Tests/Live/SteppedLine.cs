using System.Collections.Concurrent;
using BridgeFramework.Testing;

namespace BridgeFramework.Modbus.Tests;

/// <summary>A driver whose clock goes from one poll to the next: what is asked when is exact, and takes no time.</summary>
/// <remarks>There must always be a unit that is polled, every 5 s at least.</remarks>
internal sealed class SteppedLine : IAsyncDisposable
{
    // So much longer than polls are apart that its timers are told from theirs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private readonly ConcurrentQueue<PolledAt> _polls = new();
    private readonly ConcurrentDictionary<byte, bool> _silent = new();
    private readonly WatchedTime _time = new();
    private readonly long _start;
    private TimeSpan _untilNext;

    private SteppedLine(IReadOnlyList<SubDevice> devices)
    {
        _start = _time.GetTimestamp();
        Server.Script = request =>
        {
            _polls.Enqueue(new PolledAt(_time.GetElapsedTime(_start), request.Unit, request.Address, request.Count));
            return _silent.ContainsKey(request.Unit) ? request.Exception((byte)ExceptionCode.GatewayTargetFailedToRespond) : null;
        };
        Driver = RunningDriver.Start(
            new ModbusChannelSettings { Host = "127.0.0.1", Port = Server.Port, ResponseTimeout = Patience, ConnectTimeout = Patience },
            _time, devices);
    }

    public ModbusServer Server { get; } = new();

    public RunningDriver Driver { get; }

    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<PolledAt> Polls => [.. _polls];

    public static async Task<SteppedLine> StartAsync(params IReadOnlyList<SubDevice> devices)
    {
        var line = new SteppedLine(devices);
        await line.PolledAsync();
        return line;
    }

    /// <summary>Has a unit answer, or a gateway to its serial line say that it does not.</summary>
    public void SetSilent(byte unit, bool isSilent)
    {
        if (isSilent) _silent.TryAdd(unit, true);
        else _silent.TryRemove(unit, out _);
    }

    /// <summary>Lets time pass.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        while (_untilNext <= time)
        {
            time -= _untilNext;
            _time.Advance(_untilNext);
            await PolledAsync();
        }

        _time.Advance(time);
        _untilNext -= time;
    }

    /// <summary>Changes a sub-device; what is due because of it is polled when the task ends.</summary>
    public async Task ApplyAsync(SubDevice? before, SubDevice? after)
    {
        await Driver.ApplyAsync(before, after);
        await PolledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>Waits until all that is due was polled: the poller sleeps until the next poll.</summary>
    private async Task PolledAsync() => _untilNext = await _time.ArmedAsync(due => due <= LongestWait, "the next poll");
}

/// <summary>What a unit was asked for, and when.</summary>
internal sealed record PolledAt(TimeSpan Time, byte Unit, int Address, int Count);
