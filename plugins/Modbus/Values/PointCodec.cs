namespace BridgeFramework.Modbus;

/// <summary>Turns registers into a value and back. Registers come as they are on the wire.</summary>
internal abstract class PointCodec
{
    /// <summary>Reads a value.</summary>
    /// <param name="registers">The point's registers.</param>
    /// <param name="value">The value, where it is good.</param>
    /// <returns><see cref="Quality.Good"/>, or <see cref="Quality.Invalid"/> for what is no value.</returns>
    public abstract Quality Decode(ReadOnlySpan<byte> registers, out Variant value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value, as somebody sent it.</param>
    /// <param name="registers">The point's registers, all to be filled.</param>
    /// <returns>Why the value does not fit, or <see langword="null"/>.</returns>
    public abstract string? Encode(Variant value, Span<byte> registers);
}
