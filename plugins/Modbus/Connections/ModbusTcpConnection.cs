using System.Buffers;

namespace BridgeFramework.Modbus;

/// <summary>Requests and answers on one open stream, told apart by transaction id.</summary>
/// <remarks>
/// <para>One reader loop (<see cref="RunAsync"/>) completes requests from a fixed table of slots; frames are written by whoever
/// finds the writer idle, several at once where they have gathered. Nothing is allocated per request.</para>
/// <para>An answer that nobody waits for - late, or there twice - is dropped and counted; a frame with a known id that is no answer
/// to its request is counted, and the wait goes on. Neither can reach another request.</para>
/// <para>Sources: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 4.2 (transactions); MODBUS Application Protocol
/// V1.1b3, section 4.1 (exceptions).</para>
/// </remarks>
internal sealed class ModbusTcpConnection : IDisposable
{
    private const byte ExceptionFlag = 0x80;
    private const int ReceiveBufferLength = 16 * ModbusTcpFrame.MaxLength;

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly TimeProvider _time;
    private readonly FrameTap? _tap;
    private readonly ITimer _deadlineTimer;
    private readonly long _responseTimeout;
    private readonly RequestSlot[] _slots;
    private readonly byte[] _receive = new byte[ReceiveBufferLength];
    private byte[] _gathering;
    private byte[] _sending;
    private int _gathered;
    private bool _isSending;
    private long _sendDeadline;
    private bool _timerArmed;
    private ushort _lastId;
    private string? _closed;

    /// <summary>Makes a connection of an open stream; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="stream">The stream; not disposed here before it is closed.</param>
    /// <param name="maxOutstanding">How many requests may wait for their answers: 1 to 16.</param>
    /// <param name="responseTimeout">The longest wait for an answer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tap">Is shown every frame, or <see langword="null"/>.</param>
    public ModbusTcpConnection(Stream stream, int maxOutstanding, TimeSpan responseTimeout, TimeProvider time, FrameTap? tap = null)
    {
        _stream = stream;
        _time = time;
        _tap = tap;
        _responseTimeout = (long)(responseTimeout.TotalSeconds * time.TimestampFrequency);
        _slots = [.. Enumerable.Range(0, maxOutstanding).Select(_ => new RequestSlot())];
        _gathering = new byte[maxOutstanding * ModbusTcpFrame.MaxLength];
        _sending = new byte[maxOutstanding * ModbusTcpFrame.MaxLength];
        _deadlineTimer = time.CreateTimer(
            static connection =>
                ((ModbusTcpConnection)connection!).EndLateRequests(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many answers came that nobody waited for.</summary>
    public long Dropped { get; private set; }

    /// <summary>How many frames came with a known id that were no answer to its request.</summary>
    public long Mismatched { get; private set; }

    /// <summary>Whether a valid frame has ever come.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>How many requests in a row were not answered while nothing at all came.</summary>
    public int SilentTimeouts { get; private set; }

    /// <summary>Sends a request and waits for its answer. What goes wrong is in the outcome.</summary>
    /// <remarks>A request on the wire cannot be cancelled: the line is not free before its answer or deadline.</remarks>
    /// <exception cref="InvalidOperationException">More requests than agreed are outstanding: the caller's mistake.</exception>
    public ValueTask<ModbusOutcome> ExecuteAsync(ModbusRequest request)
    {
        ValueTask<ModbusOutcome> outcome;
        bool send;
        lock (_gate)
        {
            if (_closed is not null) return ValueTask.FromResult(new ModbusOutcome(OutcomeKind.LinkDown));
            var slot = FreeSlot();
            // 1 to 65535, so an id comes back only after 65534 others.
            if (++_lastId == 0) _lastId = 1;
            var frame = _gathering.AsSpan(_gathered);
            int pduLength = request.WritePdu(frame[ModbusTcpFrame.HeaderLength..]);
            _gathered += ModbusTcpFrame.WriteHeader(frame, _lastId, request.Unit, pduLength);
            long now = _time.GetTimestamp();
            outcome = slot.Begin(_lastId, request, now + _responseTimeout);
            send = !_isSending;
            _isSending = true;
            if (send) _sendDeadline = now + _responseTimeout;
            // Left alone while armed: it fires at most once per response timeout, not once per request.
            if (!_timerArmed) ArmTimer(now, now + _responseTimeout);
        }

        if (send) _ = SendGatheredAsync();
        return outcome;
    }

    /// <summary>Reads answers until the stream ends.</summary>
    /// <param name="alive">Called for every valid frame.</param>
    /// <param name="stopping">Asks to end.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(Action alive, CancellationToken stopping)
    {
        int filled = 0;
        try
        {
            while (true)
            {
                int read = await _stream.ReadAsync(_receive.AsMemory(filled), stopping);
                if (read == 0)
                {
                    Close("the other side closed the connection.");
                    break;
                }

                filled += read;
                if (!TryTakeFrames(ref filled, alive)) break;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Close(e.Message);
        }
        finally
        {
            Close("the channel stops.");
        }

        return _closed ?? "";
    }

    /// <summary>Closes the stream and ends every outstanding request. Only the first reason is kept.</summary>
    public void Close(string reason)
    {
        lock (_gate)
        {
            if (_closed is not null) return;
            EndAll(reason);
        }

        Release();
    }

    /// <inheritdoc/>
    public void Dispose() => Close("the connection was disposed.");

    private bool TryTakeFrames(ref int filled, Action alive)
    {
        int taken = 0;
        while (true)
        {
            switch (ModbusTcpFrame.TryRead(_receive.AsSpan(taken..filled), out var frame, out int consumed))
            {
                case OperationStatus.Done:
                    alive();
                    _tap?.Invoke(FrameDirection.Received, frame.Bytes);
                    Deliver(frame);
                    taken += consumed;
                    continue;
                case OperationStatus.NeedMoreData:
                    _receive.AsSpan(taken..filled).CopyTo(_receive);
                    filled -= taken;
                    return true;
                default:
                    // There is no way to find the next frame: what a TCP peer garbled once it garbles again.
                    Close("what came is no Modbus TCP frame: check that host and port belong to a Modbus TCP server.");
                    return false;
            }
        }
    }

    private void Deliver(in ModbusTcpFrame frame)
    {
        RequestSlot? slot;
        ModbusRequest? request;
        bool refused;
        lock (_gate)
        {
            HasAnswered = true;
            SilentTimeouts = 0;
            slot = Find(frame.TransactionId);
            request = slot?.Request;
            if (slot is null || request is null)
            {
                Dropped++;
                return;
            }

            refused = frame.Pdu.Length == 2 && frame.Pdu[0] == ((byte)request.Function | ExceptionFlag);
            if (frame.Unit != request.Unit || !(refused || request.IsAnswer(frame.Pdu)))
            {
                Mismatched++;
                slot.Mismatched = true;
                return;
            }

            slot.Claim();
        }

        // Claimed: neither deadline nor close can touch it, so the answer is taken without the lock.
        if (!refused) request.Accept(frame.Pdu);
        slot.Complete(refused ? new ModbusOutcome(OutcomeKind.Refused, (ExceptionCode)frame.Pdu[1]) : new ModbusOutcome(OutcomeKind.Done));
    }

    /// <summary>Writes what has gathered until nothing is left. Cannot fail: an error closes the connection.</summary>
    private async Task SendGatheredAsync()
    {
        try
        {
            while (true)
            {
                int length;
                lock (_gate)
                {
                    length = _gathered;
                    if (length == 0)
                    {
                        _isSending = false;
                        return;
                    }

                    (_sending, _gathering) = (_gathering, _sending);
                    _gathered = 0;
                    _sendDeadline = _time.GetTimestamp() + _responseTimeout;
                }

                _tap?.ShowSent(_sending.AsSpan(0, length));
                await _stream.WriteAsync(_sending.AsMemory(0, length), CancellationToken.None);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Close(e.Message);
        }
    }

    private void EndLateRequests()
    {
        bool stuck;
        lock (_gate)
        {
            if (_closed is not null) return;
            _timerArmed = false;
            long now = _time.GetTimestamp();
            long next = long.MaxValue;
            foreach (var slot in _slots)
            {
                if (slot.Request is null) continue;
                if (slot.Deadline > now)
                {
                    next = Math.Min(next, slot.Deadline);
                    continue;
                }

                SilentTimeouts++;
                End(slot, slot.Mismatched ? OutcomeKind.Mismatched : OutcomeKind.TimedOut);
            }

            // Marked as closed under the lock: a request more would not fit behind those that are not written.
            stuck = _isSending && _sendDeadline <= now;
            if (stuck) EndAll("the other side takes no more bytes.");
            else if (next != long.MaxValue) ArmTimer(now, next);
        }

        if (stuck) Release();
    }

    private void ArmTimer(long now, long deadline)
    {
        // A timer may fire a little early; a millisecond more keeps it from firing twice.
        _deadlineTimer.Change(_time.GetElapsedTime(now, deadline) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        _timerArmed = true;
    }

    private void EndAll(string reason)
    {
        _closed = reason;
        foreach (var slot in _slots) if (slot.Request is not null) End(slot, OutcomeKind.LinkLost);
    }

    private void Release()
    {
        _deadlineTimer.Dispose();
#pragma warning disable IDISP007 // Ends the reader's wait; the opener disposes it again, which is harmless.
        _stream.Dispose();
#pragma warning restore IDISP007
    }

    private static void End(RequestSlot slot, OutcomeKind kind)
    {
        slot.Claim();
        slot.Complete(new ModbusOutcome(kind));
    }

    private RequestSlot FreeSlot()
    {
        foreach (var slot in _slots) if (!slot.InUse) return slot;
        throw new InvalidOperationException($"{_slots.Length} requests are outstanding already, the most that was agreed.");
    }

    private RequestSlot? Find(ushort transactionId)
    {
        foreach (var slot in _slots) if (slot.Request is not null && slot.TransactionId == transactionId) return slot;
        return null;
    }
}
