using System.Runtime.CompilerServices;

namespace BridgeFramework.Modbus;

/// <summary>Gives a unit a block of an image. One object does for a whole transfer.</summary>
/// <param name="unit">The unit.</param>
/// <param name="lenientEcho">Whether the answer need only say where the block is.</param>
internal sealed class BlockWrite(byte unit, bool lenientEcho) : ModbusRequest
{
    private readonly byte[] _data = new byte[2 * FileRecordPdu.MaxWords];

    /// <summary>Where the block goes.</summary>
    public FileBlock Place { get; private set; }

    public override byte Unit => unit;

    public override FunctionCode Function => FunctionCode.WriteFileRecord;

    private ReadOnlySpan<byte> Data => _data.AsSpan(0, 2 * Place.Words);

    /// <summary>Takes the bytes of a block from an image. An odd last byte is followed by 00.</summary>
    /// <exception cref="DriverException">The image ends too early.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FillAsync(IFirmwareImage image, long word, FileBlock place, CancellationToken cancellationToken)
    {
        Place = place;
        int length = (int)Math.Min(2 * place.Words, image.Size - 2 * word);
        int read = await image.ReadAsync(2 * word, _data.AsMemory(0, length), cancellationToken);
        if (read < length)
            throw new DriverException($"Version {image.Version} ends at byte {2 * word + read} of {image.Size}: its file is damaged.");
        _data.AsSpan(length..(2 * place.Words)).Clear();
    }

    public override int WritePdu(Span<byte> pdu) => FileRecordPdu.WriteRequest(pdu, Place, Data);

    public override bool IsAnswer(ReadOnlySpan<byte> pdu) => FileRecordPdu.IsAnswer(pdu, Place, Data, lenientEcho);
}
