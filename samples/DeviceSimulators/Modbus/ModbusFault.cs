namespace BridgeFramework.DeviceSimulators;

/// <summary>
/// Something that goes wrong with answers. What is set applies together, in the order of a device that fails: the
/// exception replaces the answer, the delay passes, the header is spoiled, then bytes go out or do not.
/// </summary>
/// <remarks>Give it to <see cref="ModbusSlave.Inject"/>. A request the fault keeps from its answer is still
/// carried out, as on a real line.</remarks>
public sealed record ModbusFault
{
    /// <summary>Only requests to this unit; null for all.</summary>
    public byte? Unit { get; init; }

    /// <summary>Only requests with this function code; null for all.</summary>
    public byte? FunctionCode { get; init; }

    /// <summary>How many requests it spoils, at least 1; null for all until <see cref="ModbusSlave.ClearFaults"/>.</summary>
    public int? Times { get; init; }

    /// <summary>Answer with this exception and do not carry the request out.</summary>
    public ModbusExceptionCode? Exception { get; init; }

    /// <summary>Time before the answer, by the slave's clock. Later requests on the connection wait behind it.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Answer with a transaction id that was not asked for (all bits inverted).</summary>
    public bool WrongTransactionId { get; init; }

    /// <summary>Answer for another unit (all bits inverted).</summary>
    public bool WrongUnit { get; init; }

    /// <summary>No answer at all.</summary>
    public bool Silent { get; init; }

    /// <summary>The first half of the answer only; the rest never comes.</summary>
    public bool Half { get; init; }

    /// <summary>The whole answer twice.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Every byte in a send of its own. No fault by the rules of TCP, but one to many masters.</summary>
    public bool Dribble { get; init; }

    /// <summary>Bytes that no master asked for, ahead of the answer.</summary>
    public ReadOnlyMemory<byte> Garbage { get; init; }

    /// <summary>Close the connection after whatever was sent.</summary>
    public bool Close { get; init; }

    internal bool Concerns(byte unit, byte functionCode) =>
        (Unit is null || Unit == unit) && (FunctionCode is null || FunctionCode == functionCode);
}
