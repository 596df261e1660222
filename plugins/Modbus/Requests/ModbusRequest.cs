namespace BridgeFramework.Modbus;

/// <summary>A request and what is done with its answer. May be used again when its outcome is known, not before.</summary>
internal abstract class ModbusRequest
{
    /// <summary>The unit that is asked.</summary>
    public abstract byte Unit { get; }

    /// <summary>The function code; an exception carries it with the top bit set.</summary>
    public abstract FunctionCode Function { get; }

    /// <summary>Writes the PDU into a buffer of 253 bytes.</summary>
    /// <returns>Its length.</returns>
    public abstract int WritePdu(Span<byte> pdu);

    /// <summary>Whether a PDU is a normal answer to exactly this request. Without side effects.</summary>
    public abstract bool IsAnswer(ReadOnlySpan<byte> pdu);

    /// <summary>Takes a PDU that <see cref="IsAnswer"/> has accepted, on the connection's reader: short work only.</summary>
    public virtual void Accept(ReadOnlySpan<byte> pdu)
    {
    }
}
