using BridgeFramework.Testing;

namespace BridgeFramework.Modbus.Tests;

public sealed class BlockWriteTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_odd_last_byte_is_followed_by_zero_and_not_by_what_was_sent_before()
    {
        var image = new InMemoryFirmwareImage("1", new byte[] { 1, 2, 3, 4, 5 });
        var write = new BlockWrite(1, lenientEcho: false);
        await write.FillAsync(image, 0, new FileBlock(1, 0, 2), Ct);
        Assert.Equal("150B0600010000000201020304", Pdu(write));
        await write.FillAsync(image, 2, new FileBlock(1, 2, 1), Ct);
        Assert.Equal("150906000100020001" + "0500", Pdu(write));
    }

    [Fact]
    public async Task An_image_that_ends_too_early_is_said_to_be_damaged()
    {
        var image = new InMemoryFirmwareImage("2.0", new byte[] { 1, 2, 3 }) { Size = 8 };
        var write = new BlockWrite(1, lenientEcho: false);
        var e = await Assert.ThrowsAsync<DriverException>(() => write.FillAsync(image, 0, new FileBlock(1, 0, 4), Ct).AsTask());
        Assert.Equal("Version 2.0 ends at byte 3 of 8: its file is damaged.", e.Message);
        e = await Assert.ThrowsAsync<DriverException>(() => ImageCrc.OfAsync(image, Ct));
        Assert.Equal("Version 2.0 ends at byte 3 of 8: its file is damaged.", e.Message);
    }

    private static string Pdu(BlockWrite write)
    {
        Span<byte> pdu = stackalloc byte[ModbusTcpFrame.MaxPduLength];
        return Convert.ToHexString(pdu[..write.WritePdu(pdu)]);
    }
}
