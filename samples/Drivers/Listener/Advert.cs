using System.Buffers.Binary;
using BridgeFramework;

namespace Example.Listener;

/// <summary>What a tag sends: <c>'T' 1</c>, id (4 bytes), temperature in 0.01 °C (2 bytes, signed), battery in % (1 byte); big-endian.</summary>
internal readonly record struct Advert(uint Tag, short Temperature, byte Battery)
{
    /// <summary>Reads a datagram; never throws on any input, allocates nothing.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out Advert advert)
    {
        advert = default;
        if (datagram is not [(byte)'T', 1, _, _, _, _, _, _, byte battery]) return false;
        advert = new Advert(BinaryPrimitives.ReadUInt32BigEndian(datagram[2..]), BinaryPrimitives.ReadInt16BigEndian(datagram[6..]), battery);
        return true;
    }

    public PointValue ValueOf(PointDefinition point) => point.AtAs<ListenerPoint>().Field switch
    {
        "battery" => new PointValue(point, Variant.From((long)Battery)),
        _ when Temperature == short.MinValue => new PointValue(point, Quality.Invalid), // what a tag without a reading sends
        _ => new PointValue(point, Variant.From(Temperature / 100.0)),
    };
}
