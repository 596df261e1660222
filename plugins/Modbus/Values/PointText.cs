namespace BridgeFramework.Modbus;

/// <summary>Shows values in messages.</summary>
internal static class PointText
{
    private const int MaxShown = 40;

    /// <summary>Gives a value for a message: text in quotes, long ones cut.</summary>
    public static string Show(Variant value)
    {
        string text = value.ToString();
        if (text.Length > MaxShown) text = string.Concat(text.AsSpan(0, MaxShown), "...");
        return value.Kind switch
        {
            VariantKind.Text => $"\"{text}\"",
            VariantKind.None => "nothing",
            _ => text,
        };
    }
}
