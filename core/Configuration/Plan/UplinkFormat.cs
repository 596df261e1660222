namespace BridgeFramework.Configuration;

/// <summary>How values are written on a product's topics.</summary>
public enum UplinkFormat
{
    /// <summary>JSON that names everything.</summary>
    Plain,

    /// <summary>JSON with short keys and differences, for many values a message.</summary>
    Compact,
}
