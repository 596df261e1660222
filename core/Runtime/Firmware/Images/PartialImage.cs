using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace BridgeFramework.Runtime;

/// <summary>An image on its way: what has come of it, in a file that only grows, with a check sum for each block in a second one.</summary>
/// <remarks>
/// What a crash or a loss of power leaves is read back block by block; from the first one that does not agree with its check sum on it is
/// fetched again. So nothing has to be synced while it comes, which spares the flash, and what is built upon is verified all the same.
/// Used by one caller at a time.
/// </remarks>
internal sealed class PartialImage : IDisposable
{
    /// <summary>What a crash can cost of what has come: less than a block.</summary>
    public const int BlockSize = 32 * 1024;

    private const int SumSize = sizeof(uint);

    private readonly string _path;
    private readonly string _sumsPath;
    private readonly long _size;
    private readonly FileStream _file;
    private readonly FileStream _sums;
    private readonly Crc32 _block = new();
#pragma warning disable CA5351 // The hub's protocol names the MD5 of an image.
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _inBlock;

    private PartialImage(string path, string sumsPath, long size)
    {
        (_path, _sumsPath, _size) = (path, sumsPath, size);
        _file = OpenFile(path);
        try
        {
            _sums = OpenFile(sumsPath);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>How many bytes of it are there.</summary>
    public long Length { get; private set; }

    /// <summary>Opens what is there of it, or begins it.</summary>
    /// <param name="path">The file; beside it is <c>.sums</c>.</param>
    /// <param name="size">How many bytes it is to have.</param>
    /// <exception cref="IOException">The disk does not give it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static PartialImage Open(string path, long size)
    {
        var image = new PartialImage(path, SumsOf(path), size);
        try
        {
            image.Verify();
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>The file of check sums that belongs to a partial one.</summary>
    public static string SumsOf(string path) => path + ".sums";

    /// <summary>Takes what has come. More than the announced size is refused before any of it is written.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _size - Length) throw new DownloadException(DownloadTrouble.WrongFile, $"The server sends more than the {_size} bytes that were announced.");
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, BlockSize - _inBlock)];
            _file.Write(part);
            Take(part);
            if (_inBlock == BlockSize) EndBlock();
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>Forgets all that has come.</summary>
    public void Restart()
    {
        Truncate(0);
        _block.Reset();
        _ = _md5.GetHashAndReset();
        _ = _sha256.GetHashAndReset();
        _inBlock = 0;
        Length = 0;
    }

    /// <summary>All has come: syncs it and says what it is.</summary>
    public (string Md5, byte[] Sha256) Finish()
    {
        _file.Flush(flushToDisk: true);
        return (Convert.ToHexStringLower(_md5.GetHashAndReset()), _sha256.GetHashAndReset());
    }

    /// <summary>Gives the file its final name.</summary>
    public void MoveTo(string path)
    {
        Dispose();
        File.Move(_path, path, overwrite: true);
        File.Delete(_sumsPath);
        FolderSync.Sync(Path.GetDirectoryName(path)!); // a file is in a folder
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _sums.Dispose();
        _md5.Dispose();
        _sha256.Dispose();
    }

    // Unbuffered: what the kernel has, a kill of the process does not take.
    private static FileStream OpenFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private void Verify()
    {
        byte[] block = new byte[BlockSize];
        Span<byte> sum = stackalloc byte[SumSize];
        while (Length < _size && _sums.ReadAtLeast(sum, SumSize, throwOnEndOfStream: false) == SumSize)
        {
            var expected = block.AsSpan(0, (int)Math.Min(BlockSize, _size - Length));
            if (_file.ReadAtLeast(expected, expected.Length, throwOnEndOfStream: false) < expected.Length) break;
            if (Crc32.HashToUInt32(expected) != BinaryPrimitives.ReadUInt32LittleEndian(sum)) break;
            _md5.AppendData(expected);
            _sha256.AppendData(expected);
            Length += expected.Length;
        }

        Truncate(Length);
    }

    private void Truncate(long length)
    {
        _file.SetLength(length);
        _file.Position = length;
        long sums = (length + BlockSize - 1) / BlockSize * SumSize;
        _sums.SetLength(sums);
        _sums.Position = sums;
    }

    private void Take(ReadOnlySpan<byte> part)
    {
        _block.Append(part);
        _md5.AppendData(part);
        _sha256.AppendData(part);
        _inBlock += part.Length;
        Length += part.Length;
        if (Length == _size && _inBlock < BlockSize) EndBlock();
    }

    private void EndBlock()
    {
        Span<byte> sum = stackalloc byte[SumSize];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, _block.GetCurrentHashAsUInt32());
        _sums.Write(sum);
        _block.Reset();
        _inBlock = 0;
    }
}
