using System.Buffers.Binary;

namespace BridgeFramework.Modbus;

/// <summary>The PDU of function 15 (write file record) with one group.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, section 6.15.</remarks>
internal static class FileRecordPdu
{
    /// <summary>The most words in one request: its byte count is at most FB.</summary>
    public const int MaxWords = 122;

    /// <summary>How many records a file has.</summary>
    public const int RecordsPerFile = 10_000;

    /// <summary>What stands before the data: function, byte count, reference type, file, record, words.</summary>
    public const int HeadLength = 9;

    private const int GroupHeadLength = HeadLength - 2;
    private const byte ReferenceType = 6;

    /// <summary>Writes a request.</summary>
    /// <param name="pdu">Takes it.</param>
    /// <param name="place">Where the words go; as many as <paramref name="data"/> has.</param>
    /// <param name="data">The words, high byte first.</param>
    /// <returns>Its length.</returns>
    /// <exception cref="ArgumentException">A file, record or length that there is not, or other data than it says.</exception>
    public static int WriteRequest(Span<byte> pdu, FileBlock place, ReadOnlySpan<byte> data)
    {
        if (!place.IsLegal) throw new ArgumentException($"{place} cannot be written.", nameof(place));
        if (data.Length != 2 * place.Words) throw new ArgumentException($"{data.Length} bytes are not {place.Words} words.", nameof(data));
        pdu[0] = (byte)FunctionCode.WriteFileRecord;
        pdu[1] = (byte)(GroupHeadLength + data.Length);
        pdu[2] = ReferenceType;
        BinaryPrimitives.WriteUInt16BigEndian(pdu[3..], (ushort)place.File);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[5..], (ushort)place.Record);
        BinaryPrimitives.WriteUInt16BigEndian(pdu[7..], (ushort)place.Words);
        data.CopyTo(pdu[HeadLength..]);
        return HeadLength + data.Length;
    }

    /// <summary>Whether an answer is the one to a block: the whole request again or, where that is allowed,
    /// as much of it as says where the block is.</summary>
    public static bool IsAnswer(ReadOnlySpan<byte> pdu, FileBlock place, ReadOnlySpan<byte> data, bool lenient) =>
        pdu.Length >= HeadLength
        && pdu[0] == (byte)FunctionCode.WriteFileRecord
        && pdu[2] == ReferenceType
        && BinaryPrimitives.ReadUInt16BigEndian(pdu[3..]) == place.File
        && BinaryPrimitives.ReadUInt16BigEndian(pdu[5..]) == place.Record
        && BinaryPrimitives.ReadUInt16BigEndian(pdu[7..]) == place.Words
        && (lenient || (pdu[1] == GroupHeadLength + data.Length && pdu[HeadLength..].SequenceEqual(data)));
}
