using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BridgeFramework;

/// <summary>A value of any kind that a point can have, without boxing.</summary>
/// <remarks>Two variants are equal when kind and value are. Not-a-number and infinities are not values: report
/// <see cref="Quality.Invalid"/>.</remarks>
public readonly struct Variant : IEquatable<Variant>
{
    private readonly long _bits;
    private readonly object? _reference;

    private Variant(VariantKind kind, long bits, object? reference = null)
    {
        Kind = kind;
        _bits = bits;
        _reference = reference;
    }

    /// <summary>What it holds.</summary>
    public VariantKind Kind { get; }

    /// <summary>Holds a boolean.</summary>
    /// <param name="value">The value.</param>
    public static Variant From(bool value) => new(VariantKind.Boolean, value ? 1 : 0);

    /// <summary>Holds a signed integer.</summary>
    /// <param name="value">The value.</param>
    public static Variant From(long value) => new(VariantKind.Integer, value);

    /// <summary>Holds an unsigned integer; one that fits a signed integer becomes <see cref="VariantKind.Integer"/>.</summary>
    /// <param name="value">The value.</param>
    public static Variant From(ulong value) =>
        new(value <= long.MaxValue ? VariantKind.Integer : VariantKind.UnsignedInteger, unchecked((long)value));

    /// <summary>Holds a number.</summary>
    /// <param name="value">A finite value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public static Variant From(double value) =>
        double.IsFinite(value)
            ? new(VariantKind.Number, BitConverter.DoubleToInt64Bits(value))
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, "A number that is not finite is no value: report Quality.Invalid.");

    /// <summary>Holds text.</summary>
    /// <param name="value">The text.</param>
    public static Variant From(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(VariantKind.Text, 0, value);
    }

    /// <summary>Holds bytes.</summary>
    /// <param name="value">The bytes; not copied, do not change them afterwards.</param>
    public static Variant From(byte[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(VariantKind.Bytes, 0, value);
    }

    /// <summary>Gives the boolean.</summary>
    /// <exception cref="InvalidOperationException">It holds something else.</exception>
    public bool AsBoolean() => Kind == VariantKind.Boolean ? _bits != 0 : throw Mismatch(VariantKind.Boolean);

    /// <summary>Gives the signed integer.</summary>
    /// <exception cref="InvalidOperationException">It holds something else.</exception>
    public long AsInteger() => Kind == VariantKind.Integer ? _bits : throw Mismatch(VariantKind.Integer);

    /// <summary>Gives the integer as an unsigned one.</summary>
    /// <exception cref="InvalidOperationException">It holds something else, or a negative integer.</exception>
    public ulong AsUnsignedInteger() =>
        Kind == VariantKind.UnsignedInteger || (Kind == VariantKind.Integer && _bits >= 0)
            ? unchecked((ulong)_bits)
            : throw Mismatch(VariantKind.UnsignedInteger);

    /// <summary>Gives the number; integers are converted and may lose digits above 2^53.</summary>
    /// <exception cref="InvalidOperationException">It holds no number.</exception>
    public double AsNumber() => Kind switch
    {
        VariantKind.Number => BitConverter.Int64BitsToDouble(_bits),
        VariantKind.Integer => _bits,
        VariantKind.UnsignedInteger => unchecked((ulong)_bits),
        _ => throw Mismatch(VariantKind.Number),
    };

    /// <summary>Gives the text.</summary>
    /// <exception cref="InvalidOperationException">It holds something else.</exception>
    public string AsText() => Kind == VariantKind.Text ? (string)_reference! /* set with the kind */ : throw Mismatch(VariantKind.Text);

    /// <summary>Gives the bytes.</summary>
    /// <exception cref="InvalidOperationException">It holds something else.</exception>
    public ReadOnlyMemory<byte> AsBytes() =>
        Kind == VariantKind.Bytes ? (byte[])_reference! /* set with the kind */ : throw Mismatch(VariantKind.Bytes);

    /// <inheritdoc/>
    public bool Equals(Variant other) =>
        Kind == other.Kind && Kind switch
        {
            VariantKind.Text => string.Equals(AsText(), other.AsText(), StringComparison.Ordinal),
            VariantKind.Bytes => AsBytes().Span.SequenceEqual(other.AsBytes().Span),
            VariantKind.Number => AsNumber().Equals(other.AsNumber()),
            _ => _bits == other._bits,
        };

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Variant other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Kind switch
    {
        VariantKind.Text => AsText().GetHashCode(StringComparison.Ordinal),
        VariantKind.Bytes => AsBytes().Length,
        VariantKind.Number => AsNumber().GetHashCode(),
        _ => _bits.GetHashCode(),
    };

    /// <summary>Gives the value as text, culture-free; bytes as hexadecimal digits.</summary>
    public override string ToString() => Kind switch
    {
        VariantKind.None => "",
        VariantKind.Boolean => AsBoolean() ? "true" : "false",
        VariantKind.Integer => _bits.ToString(CultureInfo.InvariantCulture),
        VariantKind.UnsignedInteger => AsUnsignedInteger().ToString(CultureInfo.InvariantCulture),
        VariantKind.Number => AsNumber().ToString("R", CultureInfo.InvariantCulture),
        VariantKind.Text => AsText(),
        _ => Convert.ToHexString(AsBytes().Span),
    };

    /// <summary>Compares two variants.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Variant left, Variant right) => left.Equals(right);

    /// <summary>Compares two variants.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Variant left, Variant right) => !left.Equals(right);

    private InvalidOperationException Mismatch(VariantKind wanted) => new($"The value holds {Kind}, not {wanted}.");
}
