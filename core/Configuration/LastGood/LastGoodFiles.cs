using BridgeFramework.Files;

namespace BridgeFramework.Configuration;

/// <summary>The files of the last configuration that a gateway ran: a copy of each in the data folder, for a start on files that are
/// not valid.</summary>
/// <remarks>
/// <para>The files as they were written, no secret that they only speak of. Their owner alone can read them.</para>
/// <para>Each copy has a digest in its name; which of them belong together is in one file that is replaced as a whole. After a kill or a
/// power cut at any step the copies of one configuration are there, whole, or those of the next.</para>
/// </remarks>
public sealed class LastGoodFiles
{
    /// <summary>The name of their folder within the data folder.</summary>
    public const string FolderName = ConfigurationFiles.KeptFolder;

    private readonly PrivateFolder _folder;
    private readonly PrivateFile _list;

    /// <summary>Those of a data folder.</summary>
    /// <param name="dataFolder">Its absolute path.</param>
    public LastGoodFiles(string dataFolder)
        : this(new PrivateFolder(dataFolder))
    {
    }

    internal LastGoodFiles(PrivateFolder data)
    {
        _folder = data.Folder(FolderName);
        _list = _folder.File(KeptList.FileName);
    }

    /// <summary>Loads them in the place of a configuration that is not valid: with the same folder for relative paths, and with what the
    /// environment and the command line say now.</summary>
    /// <param name="refused">What is not valid.</param>
    /// <returns>The configuration, with <see cref="ConfigurationFiles.KeptAt"/>; mistakes where the copies are damaged, or not valid
    /// either; <see langword="null"/> where nothing was kept yet.</returns>
    public static ConfigurationResult? Load(ConfigurationResult refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        return LastGoodLoading.Load(refused, data => new LastGoodFiles(data));
    }

    /// <summary>Keeps the files of a configuration that runs, in place of those that were kept. Safe when it returns.</summary>
    /// <param name="files">The files. Those that are kept already stay as they are, with their time.</param>
    /// <param name="at">When that was.</param>
    /// <exception cref="IOException">The disk does not do it; what was kept still is.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Keep(ConfigurationFiles files, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.KeptAt is not null) return;
        if (files.All.FirstOrDefault(file => file.Content is null) is { } unread)
            throw new ArgumentException($"'{unread.Path}' could not be read: no gateway runs on it.", nameof(files));
        var list = KeptList.Of(files, at);
        if (TryReadList() is { } before && before.HasFilesOf(list) && before.Files.All(file => IsWhole(file)))
        {
            _list.MakeSafe(); // a process that was killed may not have come to that
            return;
        }

        foreach (var (kept, file) in list.Files.Zip(files.All))
            if (!IsWhole(kept)) _folder.File(kept.Name).Replace(file.Content!.Value.Span); // looked at above
        _list.Replace(list.ToJson());
        RemoveOthers(list);
    }

    /// <summary>Reads what is kept.</summary>
    /// <returns><see langword="null"/> where nothing is.</returns>
    /// <exception cref="InvalidDataException">It is not as it was written.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal (KeptList List, IReadOnlyList<ReadOnlyMemory<byte>> Contents)? TryRead()
    {
        if (_list.TryRead(KeptList.MaxLength) is not { } json) return null;
        var list = KeptList.Parse(json);
        return (list, [.. list.Files.Select(ReadWhole)]);
    }

    private KeptList? TryReadList()
    {
        try
        {
            return _list.TryRead(KeptList.MaxLength) is { } json ? KeptList.Parse(json) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    private bool IsWhole(KeptFile kept)
    {
        try
        {
            _ = ReadWhole(kept);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return false;
        }
    }

    private ReadOnlyMemory<byte> ReadWhole(KeptFile kept)
    {
        byte[]? content = _folder.File(kept.Name).TryRead(ConfigurationFile.MaxLength);
        return content is not null && string.Equals(ConfigurationFile.DigestOf(content), kept.Sha256, StringComparison.Ordinal)
            ? content
            : throw new InvalidDataException($"'{kept.Name}' {(content is null ? "is not there" : "is not as it was written")}");
    }

    /// <summary>What cannot be removed is in nobody's way.</summary>
    private void RemoveOthers(KeptList list)
    {
        var needed = list.Files.Select(file => file.Name).Append(KeptList.FileName).ToHashSet(StringComparer.Ordinal);
        try
        {
            foreach (var entry in _folder.List())
                if (entry.Kind != EntryKind.Folder && !needed.Contains(entry.Name)) _folder.File(entry.Name).Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next configuration that is kept tries again.
        }
    }
}
