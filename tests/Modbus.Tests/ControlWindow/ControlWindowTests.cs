using BridgeFramework.Testing;

namespace BridgeFramework.Modbus.Tests;

public sealed class ControlWindowTests
{
    [Fact]
    public void An_image_is_announced_with_the_high_word_first()
    {
        byte[] pdu = ControlWindow.Prepare(0xF000, 0x00012345, 0xCBF43926, "2.1.0", 64, 1);
        Assert.Equal(
            "10F0000010" + "20" + "00010000" + "00012345" + "CBF43926" + "322E312E3000000000000000" + "00000000" + "00400001",
                Convert.ToHexString(pdu));
    }

    [Fact]
    public void A_command_is_one_register() =>
        Assert.Equal("10F000000102" + "0004", Convert.ToHexString(ControlWindow.Command(0xF000, WindowCommand.Abort)));

    [Fact]
    public void The_status_is_read_with_the_high_word_first()
    {
        byte[] registers = Convert.FromHexString(
            "0002" + "0005" + "00010002" + "007A" + "0400" + "312E30" + "00000000000000000000000000" + "0007" + "0001");
        Assert.Equal(
            new WindowStatus(WindowState.Receiving, WindowError.Gap, 0x10002, 122, 1024, "1.0", 7, 1), WindowStatus.Read(registers));
    }

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("a", 0xE8B7BE43u)]
    [InlineData("123456789", 0xCBF43926u)]
    public async Task The_crc_is_that_of_zlib(string text, uint crc) =>
        Assert.Equal(crc, await ImageCrc.OfAsync(
            new InMemoryFirmwareImage("1", System.Text.Encoding.ASCII.GetBytes(text)), TestContext.Current.CancellationToken));
}
