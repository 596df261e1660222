using System.Threading.Tasks.Sources;

namespace BridgeFramework.Modbus;

/// <summary>The place of one outstanding request on a connection; reused for ever.</summary>
/// <remarks>Its fields are guarded by the connection's lock.</remarks>
internal sealed class RequestSlot : IValueTaskSource<ModbusOutcome>
{
    private ManualResetValueTaskSourceCore<ModbusOutcome> _source = new() { RunContinuationsAsynchronously = true };
    private volatile bool _inUse;

    /// <summary>Whether somebody still waits here or has not picked up the outcome.</summary>
    public bool InUse => _inUse;

    public ushort TransactionId { get; private set; }

    /// <summary>The request that waits for its answer; absent when the outcome is known.</summary>
    public ModbusRequest? Request { get; private set; }

    /// <summary>The timestamp at which the wait ends.</summary>
    public long Deadline { get; private set; }

    /// <summary>Whether something came that carried the id but was no answer.</summary>
    public bool Mismatched { get; set; }

    public ValueTask<ModbusOutcome> Begin(ushort transactionId, ModbusRequest request, long deadline)
    {
        TransactionId = transactionId;
        Request = request;
        Deadline = deadline;
        Mismatched = false;
        _inUse = true;
        return new ValueTask<ModbusOutcome>(this, _source.Version);
    }

    /// <summary>Takes the request out, so that nothing else can answer it. <see cref="Complete"/> must follow.</summary>
    public void Claim() => Request = null;

    public void Complete(ModbusOutcome outcome) => _source.SetResult(outcome);

    public ModbusOutcome GetResult(short token)
    {
        var outcome = _source.GetResult(token);
        _source.Reset();
        _inUse = false;
        return outcome;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
