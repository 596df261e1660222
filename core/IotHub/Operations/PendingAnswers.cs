namespace BridgeFramework.IotHub;

/// <summary>What an answer is matched by: the protocol has no request id.</summary>
/// <param name="Kind">The operation.</param>
/// <param name="Device">The sub-device; default for a list.</param>
internal readonly record struct OperationKey(GatewayOperationKind Kind, DeviceIdentity Device)
{
    public override string ToString() => Kind == GatewayOperationKind.Describe ? Kind.WireName() : $"{Kind.WireName()} of {Device}";
}

/// <summary>What the hub said: a code for a device, or a list.</summary>
internal readonly record struct OperationReply(int Code, BoundList? List = null);

/// <summary>The requests that wait for an answer, at most one for each key.</summary>
/// <remarks>
/// An answer that nobody waits for is handed back as foreign and kept nowhere: the next request for the same device must not
/// be answered by the past.
/// </remarks>
internal sealed class PendingAnswers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<OperationKey, TaskCompletionSource<OperationReply>> _pending = [];

    /// <summary>Waits for an answer from now on, until <see cref="Forget"/>.</summary>
    public Task<OperationReply> Expect(OperationKey key)
    {
        var reply = new TaskCompletionSource<OperationReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _pending.Add(key, reply);
        return reply.Task;
    }

    public void Forget(OperationKey key)
    {
        lock (_gate) _pending.Remove(key);
    }

    /// <returns>Whether somebody waited for it.</returns>
    public bool Complete(OperationKey key, OperationReply reply)
    {
        lock (_gate)
        {
            if (_pending.Remove(key, out var pending)) return pending.TrySetResult(reply);
            // The documentation's example answers an unbind with type "bind".
            return key.Kind == GatewayOperationKind.Bind
                && _pending.Remove(key with { Kind = GatewayOperationKind.Unbind }, out pending)
                && pending.TrySetResult(reply);
        }
    }
}
