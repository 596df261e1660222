namespace BridgeFramework;

/// <summary>What a <see cref="Variant"/> holds.</summary>
public enum VariantKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A boolean.</summary>
    Boolean,

    /// <summary>A signed integer of 64 bits.</summary>
    Integer,

    /// <summary>An unsigned integer of 64 bits; used only above <see cref="long.MaxValue"/>.</summary>
    UnsignedInteger,

    /// <summary>A finite double.</summary>
    Number,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Raw bytes.</summary>
    Bytes,
}
