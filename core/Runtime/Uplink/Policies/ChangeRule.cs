namespace BridgeFramework.Runtime;

/// <summary>Tells whether a value is another one, for somebody who does not care for the last digits.</summary>
internal readonly struct ChangeRule(double? deadband, double? deadbandPercent)
{
    // 20.2 and 20.3 are a little more than 0.1 apart, 0.2 and 0.3 a little less: what only rounding tells apart counts as at the edge.
    private const double Rounding = 1.0 / (1L << 48);

    private readonly double _absolute = deadband ?? 0;
    private readonly double _fraction = (deadbandPercent ?? 0) / 100;

    /// <summary>Whether <paramref name="value"/> has changed since <paramref name="sent"/>.</summary>
    public bool IsChange(in Variant sent, in Variant value)
    {
        if (sent.Kind != value.Kind) return true;
        if (sent.Kind is not (VariantKind.Integer or VariantKind.UnsignedInteger or VariantKind.Number)) return sent != value;
        double last = Math.Abs(sent.AsNumber());
        double width = Math.Max(_absolute, _fraction * last);
        // Compared as they are, because large integers are not told apart as numbers.
        if (width == 0) return sent != value;
        return Distance(sent, value) > width + (Rounding * Math.Max(last, Math.Abs(value.AsNumber())));
    }

    private static double Distance(in Variant one, in Variant other) => one.Kind switch
    {
        VariantKind.Number => Math.Abs(one.AsNumber() - other.AsNumber()),
        VariantKind.Integer => (double)Int128.Abs((Int128)one.AsInteger() - other.AsInteger()),
        _ => (double)Int128.Abs((Int128)one.AsUnsignedInteger() - other.AsUnsignedInteger()),
    };
}
