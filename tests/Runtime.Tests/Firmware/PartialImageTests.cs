using System.Security.Cryptography;
using BridgeFramework.Files;
using CsCheck;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What is there of an image after a crash is built upon only as far as it is what came.</summary>
public sealed class PartialImageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-partial-");

    private PrivateFolder Folder => new(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Whatever_a_crash_leaves_the_image_is_whole_in_the_end()
    {
        var bytes = new byte[(3 * PartialImage.BlockSize) + 777];
        new Random(1).NextBytes(bytes);
#pragma warning disable CA5351 // The hub names the MD5 of an image.
        string md5 = Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351
        int number = 0;
        Gen.Select(Gen.Int[0, bytes.Length], Gen.Int[1, 50_000], Gen.Int[0, 4], Gen.Int[0, bytes.Length]).Sample(
            (length, chunk, damage, where) =>
        {
            string path = Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref number)}.part");
            using (var before = PartialImage.Open(Folder, Path.GetFileName(path), bytes.Length))
                Append(before, bytes.AsSpan(0, length), chunk);
            Damage(damage, path, where);

            using var after = PartialImage.Open(Folder, Path.GetFileName(path), bytes.Length);
            Assert.InRange(after.Length, 0, length);
            if (damage == 0) Assert.InRange(after.Length, length - PartialImage.BlockSize + 1, length);
            Append(after, bytes.AsSpan((int)after.Length), chunk);

            Assert.Equal(
                (md5, Convert.ToHexString(SHA256.HashData(bytes))), (after.Finish() is var (m, s) ? (m, Convert.ToHexString(s)) : default));
            after.MoveTo(Path.GetFileName(path) + ".bin");
            Assert.Equal(bytes, File.ReadAllBytes(path + ".bin"));
            Assert.False(File.Exists(path));
            Assert.False(File.Exists(PartialImage.SumsOf(path)));
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void More_than_was_announced_is_refused_before_it_is_written()
    {
        using var image = PartialImage.Open(Folder, "x.part", 100);
        image.Append(new byte[60]);

        Assert.Equal(DownloadTrouble.WrongFile, Assert.Throws<DownloadException>(() => image.Append(new byte[41])).Trouble);
        Assert.Equal(60, image.Length);
        image.Append(new byte[40]);
        Assert.Equal(100, image.Length);
    }

    private static void Append(PartialImage image, ReadOnlySpan<byte> bytes, int chunk)
    {
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(chunk, bytes.Length)..]) image.Append(bytes[..Math.Min(chunk, bytes.Length)]);
    }

    /// <summary>What a loss of power may do: a byte is another, or the end of one of the files is missing or was never written.</summary>
    private static void Damage(int kind, string path, int where)
    {
        string file = kind is 1 or 2 ? path : PartialImage.SumsOf(path);
        using var stream = new FileStream(file, FileMode.Open);
        if (kind == 0 || stream.Length == 0) return;
        long at = where % stream.Length;
        if (kind is 2 or 4)
        {
            stream.SetLength(at);
            return;
        }

        stream.Position = at;
        int was = stream.ReadByte();
        stream.Position = at;
        stream.WriteByte((byte)~was);
    }
}
