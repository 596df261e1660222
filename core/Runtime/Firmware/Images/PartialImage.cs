using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using BridgeFramework.Files;

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

    private readonly PrivateFolder _folder;
    private readonly string _name;
    private readonly long _size;
    private readonly IDiskFile _file;
    private readonly IDiskFile _sums;
    private readonly Crc32 _block = new();
#pragma warning disable CA5351, RS0030 // The hub's protocol names the MD5 of an image.
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351, RS0030
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _inBlock;

    private PartialImage(PrivateFolder folder, string name, long size)
    {
        (_folder, _name, _size) = (folder, name, size);
        _file = OpenFile(folder, name);
        try
        {
            _sums = OpenFile(folder, SumsOf(name));
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
    /// <param name="folder">The folder; it is there.</param>
    /// <param name="name">The file in it; beside it is <c>.sums</c>.</param>
    /// <param name="size">How many bytes it is to have.</param>
    /// <exception cref="IOException">The disk does not give it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static PartialImage Open(PrivateFolder folder, string name, long size)
    {
        var image = new PartialImage(folder, name, size);
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
    public static string SumsOf(string name) => name + ".sums";

    /// <summary>Takes what has come. More than the announced size is refused before any of it is written.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _size - Length)
            throw new DownloadException(DownloadTrouble.WrongFile, $"The server sends more than the {_size} bytes that were announced.");
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, BlockSize - _inBlock)];
            _file.Write(Length, part);
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
        _file.Sync();
        return (Convert.ToHexStringLower(_md5.GetHashAndReset()), _sha256.GetHashAndReset());
    }

    /// <summary>Gives the file its final name.</summary>
    public void MoveTo(string name)
    {
        Dispose();
        _folder.Disk.Rename(_folder.File(_name).Path, _folder.File(name).Path);
        _folder.Disk.Delete(_folder.File(SumsOf(_name)).Path);
        _folder.Sync();
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
    private static IDiskFile OpenFile(PrivateFolder folder, string name)
    {
        var file = folder.File(name);
        return folder.Disk.Open(file.Path, file.Exists ? DiskAccess.ReadWrite : DiskAccess.Create);
    }

    private void Verify()
    {
        byte[] block = new byte[BlockSize];
        Span<byte> sum = stackalloc byte[SumSize];
        while (Length < _size && _sums.Read(SumsBefore(Length), sum) == SumSize)
        {
            var expected = block.AsSpan(0, (int)Math.Min(BlockSize, _size - Length));
            if (_file.Read(Length, expected) < expected.Length) break;
            if (Crc32.HashToUInt32(expected) != BinaryPrimitives.ReadUInt32LittleEndian(sum)) break;
            _md5.AppendData(expected);
            _sha256.AppendData(expected);
            Length += expected.Length;
        }

        Truncate(Length);
    }

    private void Truncate(long length)
    {
        _file.Truncate(length);
        _sums.Truncate(SumsBefore(length));
    }

    private static long SumsBefore(long length) => (length + BlockSize - 1) / BlockSize * SumSize;

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
        _sums.Write(SumsBefore(Length) - SumSize, sum);
        _block.Reset();
        _inBlock = 0;
    }
}
