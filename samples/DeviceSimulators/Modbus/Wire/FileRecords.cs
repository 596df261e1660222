using System.Buffers.Binary;

namespace BridgeFramework.DeviceSimulators;

/// <summary>One group of function code 15: words for a file from a record on.</summary>
internal readonly ref struct FileRecord(int file, int record, ReadOnlySpan<byte> data)
{
    public int File => file;

    public int Record => record;

    public ReadOnlySpan<byte> Data { get; } = data;
}

/// <summary>The groups of a request of function code 15.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, section 6.15.</remarks>
internal ref struct FileRecords
{
    public const byte FunctionCode = 0x15;

    /// <summary>How many records a file has.</summary>
    public const int PerFile = 10_000;

    /// <summary>The most words of one group that is alone.</summary>
    public const int MaxWords = 122;

    private const byte ReferenceType = 6;
    private const int GroupHead = 7;
    private const int PduHead = 2;
    private ReadOnlySpan<byte> _rest;

    private FileRecords(ReadOnlySpan<byte> groups) => _rest = groups;

    public FileRecord Current { get; private set; }

    /// <summary>Gives the groups of a request that is well formed.</summary>
    public static FileRecords Of(ReadOnlySpan<byte> request) => new(request[PduHead..]);

    /// <summary>Whether lengths, reference types and files of all groups are as they should be.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> request)
    {
        if (request.Length < PduHead + GroupHead + 2 || request[1] != request.Length - PduHead || request[1] > 0xFB) return false;
        for (var rest = request[PduHead..]; rest.Length > 0;)
        {
            if (rest.Length < GroupHead || rest[0] != ReferenceType || Word(rest, 1) == 0) return false;
            int length = GroupHead + (2 * Word(rest, 5));
            if (length == GroupHead || rest.Length < length) return false;
            rest = rest[length..];
        }

        return true;
    }

    public readonly FileRecords GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;
        int length = GroupHead + (2 * Word(_rest, 5));
        Current = new FileRecord(Word(_rest, 1), Word(_rest, 3), _rest[GroupHead..length]);
        _rest = _rest[length..];
        return true;
    }

    private static int Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
