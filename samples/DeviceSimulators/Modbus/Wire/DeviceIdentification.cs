using System.Text;

namespace BridgeFramework.DeviceSimulators;

/// <summary>Function code 2B with MEI type 0E: what the device says of itself, in as many answers as it takes.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, section 6.21.</remarks>
internal static class DeviceIdentification
{
    public const byte FunctionCode = 0x2B;
    private const byte MeiType = 0x0E;
    private const byte Individual = 4;
    private const int HeadLength = 7;
    // Extended identification, stream and individual access.
    private const byte Conformity = 0x83;

    public static Outcome Read(IReadOnlyDictionary<byte, string> objects, ReadOnlySpan<byte> request, Span<byte> answer)
    {
        if (request.Length != 4) return ModbusExceptionCode.IllegalDataValue;
        if (request[1] != MeiType) return ModbusExceptionCode.IllegalFunction;
        (byte code, byte first) = (request[2], request[3]);
        if (code is < 1 or > Individual) return ModbusExceptionCode.IllegalDataValue;
        if (code == Individual && !objects.ContainsKey(first)) return ModbusExceptionCode.IllegalDataAddress;

        int last = code switch { Individual => first, 1 => 0x02, 2 => 0x7F, _ => 0xFF };
        // A stream that asks for an object that is not there starts over.
        if (!objects.ContainsKey(first) || first > last) first = 0;

        int length = HeadLength;
        byte count = 0;
        byte? next = null;
        foreach (var (id, value) in objects)
        {
            if (id < first || id > last) continue;
            if (length + 2 + value.Length > Mbap.MaxPduLength)
            {
                next = id;
                break;
            }
            answer[length] = id;
            answer[length + 1] = (byte)value.Length;
            Encoding.Latin1.GetBytes(value, answer[(length + 2)..]);
            length += 2 + value.Length;
            count++;
        }

        (answer[1], answer[2], answer[3]) = (MeiType, code, Conformity);
        (answer[4], answer[5], answer[6]) = (next is null ? (byte)0 : (byte)0xFF, next ?? 0, count);
        return length;
    }
}
