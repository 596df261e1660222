using System.Globalization;

namespace BridgeFramework.Modbus;

/// <summary>value = raw * scale + offset, without the noise of binary fractions: 234 * 0.1 is 23.4.</summary>
/// <remarks>Integers are scaled in decimal, which is exact for the scales people write; only scales of many
/// digits go through double.</remarks>
internal sealed class Scaling
{
    private const double MaxExact = 1e8;
    private const int MaxExactDecimals = 12;
    private readonly double _scale;
    private readonly double _offset;
    private readonly decimal _exactScale;
    private readonly decimal _exactOffset;
    private readonly bool _isExact;

    public Scaling(double scale, double offset)
    {
        _scale = scale;
        _offset = offset;
        if (Math.Abs(scale) is > MaxExact or < 1e-9 || Math.Abs(offset) > MaxExact) return;
        // The conversion keeps 15 digits, so it gives back what was written in the configuration.
        _exactScale = (decimal)scale;
        _exactOffset = (decimal)offset;
        _isExact = _exactScale.Scale <= MaxExactDecimals && _exactOffset.Scale <= MaxExactDecimals;
    }

    /// <summary>Whether it changes nothing: integers stay integers.</summary>
    public bool IsNone => _scale == 1 && _offset == 0;

    /// <summary>Scales an integer.</summary>
    public double Apply(Int128 raw) => _isExact ? (double)((decimal)raw * _exactScale + _exactOffset) : (double)raw * _scale + _offset;

    /// <summary>Scales a number that is no integer, keeping as many digits as it has.</summary>
    public double Apply(double raw, int significantDigits) => RoundTo(raw * _scale + _offset, significantDigits);

    /// <summary>Gives the raw number of a value: (value - offset) / scale.</summary>
    public double Remove(double value) => IsNone ? value : (value - _offset) / _scale;

    /// <summary>Gives the raw integer of a value, halves rounded away from zero.</summary>
    /// <returns><see langword="false"/> where it is far out of any range.</returns>
    public bool TryRemove(double value, out Int128 raw)
    {
        double estimate = Remove(value);
        raw = 0;
        if (double.IsNaN(estimate) || Math.Abs(estimate) > 1e20) return false;
        if (_isExact && Math.Abs(value) < 1e14 && Math.Abs(estimate) < 1e14)
        {
            raw = (Int128)Math.Round(((decimal)value - _exactOffset) / _exactScale, MidpointRounding.AwayFromZero);
            return true;
        }

        raw = (Int128)Math.Round(estimate, MidpointRounding.AwayFromZero);
        return true;
    }

    /// <summary>Rounds to a number of significant digits: a float's 230.1 is 230.1, not 230.10000610351562.</summary>
    private static double RoundTo(double value, int significantDigits)
    {
        if (!double.IsFinite(value)) return value;
        Span<char> text = stackalloc char[32];
        ReadOnlySpan<char> format = significantDigits == 7 ? "G7" : "G15";
        return value.TryFormat(text, out int written, format, CultureInfo.InvariantCulture)
            ? double.Parse(text[..written], NumberStyles.Float, CultureInfo.InvariantCulture)
            : value;
    }
}
