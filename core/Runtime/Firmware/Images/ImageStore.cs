using System.Security.Cryptography;
using BridgeFramework.Configuration;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The folder of images: bounded, each kept once under the name of its digest, and for as long as it
/// is needed or there is room.</summary>
/// <param name="folder">The folder.</param>
/// <param name="settings">Its bounds.</param>
/// <param name="needed">The images that an unfinished update wants.</param>
/// <param name="freeBytes">How much the disk has left.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ImageStore(
    PrivateFolder folder, FirmwareSettings settings, Func<IReadOnlySet<ImageKey>> needed, Func<string, long> freeBytes,
        ILogger<ImageStore> logger)
{
    private const string Partial = ".part";
    private const string Complete = ".bin";

    private volatile FirmwareSettings _settings = settings;
    private readonly Lock _gate = new();
    private readonly Lock _files = new(); // what is begun must not be cleaned away, and is needed before it is begun
    private readonly Dictionary<ImageKey, byte[]> _verified = []; // the SHA-256 of what was read or written in this process

    /// <summary>How much the disk of a folder has left.</summary>
    public static long FreeBytesOf(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>These bounds from now on. What is kept already stays until there is need for room.</summary>
    public void Become(FirmwareSettings settings) => _settings = settings;

    /// <summary>How many bytes its files have.</summary>
    public long Bytes => Files().Sum(file => file.Length);

    /// <summary>Deletes what no update wants any more of what has not come whole, and what a kill has left. Never throws.</summary>
    public void Clean()
    {
        try
        {
            lock (_files)
            {
                var wanted = NamesNeeded();
                foreach (var file in Files())
                {
                    string name = NameOf(file.Name);
                    bool isWhole = file.Name == name + Complete;
                    if (!wanted.Contains(name) && !isWhole) Delete(file);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotClean(logger, folder.Path, exception.Message);
        }
    }

    /// <summary>Opens an image that is there whole and is what its name says. Whatever else has its name is deleted.</summary>
    /// <returns><see langword="null"/> when it is to be fetched.</returns>
    /// <exception cref="IOException">The disk does not give it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public StoredImage? TryOpen(ImageKey key, string version)
    {
        var file = folder.File(key.FileName + Complete);
        if (!file.Exists) return null;
        if (OpenVerified(key, file.Path, version) is { } image) return image;

        LogDamaged(logger, file.Path);
        file.Delete();
        return null;
    }

    /// <summary>Makes room for an image and opens what is there of it.</summary>
    /// <exception cref="DownloadException">There is no room, or the disk does not take it.</exception>
    public PartialImage Begin(ImageKey key)
    {
        try
        {
            lock (_files)
            {
                folder.Make();
                string name = key.FileName + Partial;
                long there = folder.Disk.Find(folder.File(name).Path)?.Length ?? 0;
                MakeRoom(key, key.Size - Math.Min(there, key.Size));
                return PartialImage.Open(folder, name, key.Size);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(
                DownloadTrouble.NoRoom, $"The gateway's disk does not take the image: {exception.Message}", exception);
        }
    }

    /// <summary>Takes an image that has come whole.</summary>
    /// <returns><see langword="false"/> when it is not the one that was announced; then nothing of it is kept.</returns>
    public bool TryComplete(ImageKey key, PartialImage partial)
    {
        var (md5, sha256) = partial.Finish();
        if (md5 != key.Md5)
        {
            partial.Restart();
            return false;
        }

        partial.MoveTo(key.FileName + Complete);
        lock (_gate) _verified[key] = sha256;
        return true;
    }

    private void MakeRoom(ImageKey key, long missing)
    {
        if (key.Size > _settings.MaxBytes)
            throw new DownloadException(DownloadTrouble.NoRoom,
                $"The image has {key.Size} bytes, and the gateway keeps at most {_settings.MaxBytes}: 'firmware.maxBytes'.");
        var wanted = NamesNeeded();
        // Oldest first: what was used last is most likely to be wanted by another sub-device soon.
        var spare = new Queue<DiskEntry>(Files()
            .Where(file => NameOf(file.Name) is var name && name != key.FileName && !wanted.Contains(name)).OrderBy(file => file.Written));
        while (Lacking() is var lacking && lacking > 0)
        {
            if (!spare.TryDequeue(out var file)) throw NoRoom(lacking);
            Delete(file);
        }

        long Lacking() => Math.Max(Bytes + missing - _settings.MaxBytes, missing + _settings.Reserve - freeBytes(folder.Path));

        DownloadException NoRoom(long lacking) => new(
            DownloadTrouble.NoRoom,
            $"The gateway has no room for {key.Size} bytes: {lacking} bytes too few within 'firmware.maxBytes' ({_settings.MaxBytes}) and "
                + $"with 'firmware.reserve' ({_settings.Reserve}) left free on its disk.");
    }

    private StoredImage? OpenVerified(ImageKey key, string path, string version)
    {
#pragma warning disable IDISP001 // the image's, which is given away
        var file = folder.Disk.Open(path, DiskAccess.Read);
#pragma warning restore IDISP001
        byte[]? sha256 = null;
        try
        {
            sha256 = Verify(key, file);
            return sha256 is null ? null : new StoredImage(file, path, version, key, sha256);
        }
        finally
        {
            if (sha256 is null) file.Dispose();
        }
    }

    private byte[]? Verify(ImageKey key, IDiskFile file)
    {
        if (file.Length != key.Size) return null;
        lock (_gate)
            if (_verified.TryGetValue(key, out byte[]? known)) return known;
#pragma warning disable CA5351, RS0030 // The hub's protocol names the MD5 of an image.
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351, RS0030
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        file.ReadAll(piece =>
        {
            md5.AppendData(piece.Span);
            sha256.AppendData(piece.Span);
        });
        if (Convert.ToHexStringLower(md5.GetHashAndReset()) != key.Md5) return null;
        byte[] digest = sha256.GetHashAndReset();
        lock (_gate) _verified[key] = digest;
        return digest;
    }

    private HashSet<string> NamesNeeded() => needed().Select(key => key.FileName).ToHashSet(StringComparer.Ordinal);

    private IEnumerable<DiskEntry> Files() => folder.List().Where(entry => entry.Kind == EntryKind.File);

    private void Delete(DiskEntry file)
    {
        LogDeleted(logger, file.Name, file.Length);
        folder.File(file.Name).Delete();
        lock (_gate)
        {
            foreach (var key in _verified.Keys.Where(key => key.FileName == NameOf(file.Name)).ToList()) _verified.Remove(key);
        }
    }

    private static string NameOf(string file) => file.Split('.')[0];

    [LoggerMessage(4601, LogLevel.Warning, "Image {Path} is damaged and is fetched again")]
    private static partial void LogDamaged(ILogger logger, string path);

    [LoggerMessage(4602, LogLevel.Debug, "Image file {Name} ({Length} bytes) is not needed any more and is deleted")]
    private static partial void LogDeleted(ILogger logger, string name, long length);

    [LoggerMessage(4603, LogLevel.Warning, "Images that are not needed any more stay in {Folder}: {Reason}")]
    private static partial void LogNotClean(ILogger logger, string folder, string reason);
}
