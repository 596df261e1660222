using CsCheck;

namespace BridgeFramework.Modbus.Tests;

public sealed class FileBlockTests
{
    [Theory]
    [InlineData(0, 100, 64, 1, 0, 64)]
    [InlineData(64, 100, 64, 1, 64, 36)]
    [InlineData(9984, 20000, 64, 1, 9984, 16)]
    [InlineData(10000, 20000, 64, 2, 0, 64)]
    [InlineData(29999, 30001, 64, 3, 9999, 1)]
    public void A_block_ends_with_its_file_or_with_the_image(long word, long total, int most, int file, int record, int words) =>
        Assert.Equal(new FileBlock(file, record, words), FileBlock.At(word, total, most, 1));

    [Fact]
    public void Blocks_in_a_row_are_legal_and_cover_all_words_once() =>
        Gen.Select(Gen.Long[1, 60_000], Gen.Int[1, FileRecordPdu.MaxWords], Gen.Int[1, 60_000]).Sample((total, most, first) =>
        {
            long word = 0;
            while (word < total)
            {
                var block = FileBlock.At(word, total, most, first);
                if (!block.IsLegal || block.Words > most) return false;
                if (((long)(block.File - first) * FileRecordPdu.RecordsPerFile) + block.Record != word) return false;
                word += block.Words;
            }

            return word == total;
        }, iter: 200);
}
