using System.Runtime.CompilerServices;
using BridgeFramework.Drivers;

namespace BridgeFramework.Modbus;

/// <summary>One line: the connection that all its units share, and the order in which requests get on it.</summary>
/// <remarks>
/// While the link is being opened for the first time, or again after it worked, requests wait for that; while it is down they
/// fail at once. Safe to call from any thread.
/// </remarks>
internal sealed class ModbusLine : ILinkSession
{
    private readonly ModbusChannelSettings _settings;
    private readonly TimeProvider _time;
    private readonly FrameTap? _tap;
    private readonly RequestBus _bus;
    private readonly Lock _gate = new();
#pragma warning disable IDISP002, IDISP003, IDISP006 // Only a look at what ServeAsync owns and disposes.
    private volatile ModbusTcpConnection? _connection;
    private volatile string? _downReason;
    private TaskCompletionSource _settled = NewSettled();

    public ModbusLine(string endpoint, ModbusChannelSettings settings, TimeProvider time, FrameTap? tap)
    {
        Endpoint = endpoint;
        _settings = settings;
        _time = time;
        _tap = tap;
        _bus = new RequestBus(settings.MaxOutstanding);
    }

    /// <summary>Called when the link is up after it was down or for the first time.</summary>
    public Action? Up { get; set; }

    /// <summary>Called with the reason when the link is down.</summary>
    public Action<string>? Down { get; set; }

    public string Endpoint { get; }

    /// <summary>Why the link is down; absent while it is up or being opened.</summary>
    public string? DownReason => _downReason;

    /// <summary>How many requests in a row the present connection, which worked before, left unanswered without a sign of life.</summary>
    public int SilentTimeouts => _connection is { HasAnswered: true } connection ? connection.SilentTimeouts : 0;

    /// <summary>Waits for a turn and executes a request. What goes wrong is in the outcome.</summary>
    /// <param name="request">The request; not used elsewhere meanwhile.</param>
    /// <param name="priority">How urgent it is.</param>
    /// <param name="cancellationToken">Gives up waiting for the turn; a request on the wire is not given up.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ModbusOutcome> ExecuteAsync(ModbusRequest request, BusPriority priority, CancellationToken cancellationToken)
    {
        using var turn = await _bus.EnterAsync(priority, cancellationToken);
        var connection = _connection;
        if (connection is null)
        {
            Task settled;
            lock (_gate) settled = _settled.Task;
            await settled.WaitAsync(cancellationToken);
            connection = _connection;
        }

        return connection is null ? new ModbusOutcome(OutcomeKind.LinkDown) : await connection.ExecuteAsync(request);
    }

    /// <summary>Closes the connection, so that it is opened again: nothing answers on it.</summary>
    public void Reopen(string reason) => _connection?.Close(reason);

    /// <inheritdoc/>
    public async Task<string> ServeAsync(Stream stream, Action alive, CancellationToken stopping)
    {
        if (_settings.DelayAfterConnect > TimeSpan.Zero) await Task.Delay(_settings.DelayAfterConnect, _time, stopping);
        using var connection = new ModbusTcpConnection(stream, _settings.MaxOutstanding, _settings.ResponseTimeout, _time, _tap);
        _connection = connection;
        bool wasDown = _downReason is not null;
        _downReason = null;
        Settle();
        if (wasDown) Up?.Invoke();
        try
        {
            return await connection.RunAsync(alive, stopping);
        }
        finally
        {
            // Requests wait from here on until the link is open again or known to be down.
            lock (_gate) _settled = NewSettled();
            _connection = null;
        }
    }

    /// <inheritdoc/>
    public void LinkLost(string reason)
    {
        _downReason = reason;
        Settle();
        Down?.Invoke(reason);
    }

    private static TaskCompletionSource NewSettled() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Settle()
    {
        lock (_gate) _settled.TrySetResult();
    }
}
