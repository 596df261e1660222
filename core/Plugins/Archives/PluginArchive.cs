using System.IO.Compression;
using BridgeFramework.Files;
using BridgeFramework.Printing;

namespace BridgeFramework.Plugins;

/// <summary>Unpacks a plugin that came as a <c>.zip</c>, and trusts nothing that it says of itself.</summary>
internal static class PluginArchive
{
    // Assemblies pack to a third; what packs a hundredfold is made to fill the disk.
    private const int MaxRatio = 100;
    private const long RatioMatters = 16L * 1024 * 1024;
    private const int Piece = 64 * 1024;
    private const int UnixTypeShift = 16;
    private const int UnixTypeMask = 0xF000;
    private const int UnixLink = 0xA000;
    private const string PackAgain = "pack the folder that the plugin's build made, and nothing else";

    /// <summary>Whether a file is named as an archive is.</summary>
    public static bool IsNamedSo(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Unpacks. Where all is in one folder of the archive, that folder is the plugin.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="folder">Takes the files; exists and is empty.</param>
    /// <exception cref="PluginRejectedException">It is no archive, or one that would write where it must not,
    /// or more than it may.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Unpack(string archive, string folder) => Read(archive, files =>
    {
        var targets = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, entry) in files)
        {
            RefuseTrick(entry, path);
            if (!targets.Add(path)) throw new PluginRejectedException($"its archive has '{Shown(path)}' twice", PackAgain);
            Extract(entry, folder, path);
        }

        return targets.Count;
    });

    /// <summary>Reads the manifest of the plugin in an archive, and unpacks nothing.</summary>
    /// <exception cref="PluginRejectedException">There is none, or it is not usable.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static PluginManifest ReadManifest(string archive) => Read(archive, files =>
    {
        var (_, entry) = files.Find(file => file.Path.Equals(PluginManifest.FileName, StringComparison.Ordinal));
        if (entry is null || entry.Length > PluginManifestReader.MaxBytes)
            throw new PluginRejectedException(
                $"its archive has no {PluginManifest.FileName}{(entry is null ? "" : " of a usable size")}", PackAgain);
        byte[] bytes = new byte[entry.Length];
        using var packed = entry.Open();
        packed.ReadExactly(bytes);
        return PluginManifestReader.Parse(bytes);
    });

    /// <summary>Hands over the files of the plugin in an archive, by their path in the plugin's folder.</summary>
    private static T Read<T>(string archive, Func<List<(string Path, ZipArchiveEntry Entry)>, T> read)
    {
        try
        {
            using var packed = RegularFile.OpenRead(archive);
            if (ZipDirectory.FindMistake(packed) is { } mistake) throw new PluginRejectedException(mistake, PackAgain);
            using var zip = new ZipArchive(packed);
            RefuseBomb(zip, packed.Length);
            return read(FilesOf(zip));
        }
        catch (InvalidDataException exception)
        {
            throw new PluginRejectedException(
                $"its archive is damaged or no zip file ({exception.Message.TrimEnd('.')})", Remedies.CopyFileAgain,
                mayBeIncomplete: true);
        }
    }

    private static List<(string Path, ZipArchiveEntry Entry)> FilesOf(ZipArchive zip)
    {
        // Programs of Windows have written backslashes: they are read as what they were meant to be, before any path is looked at.
        var files = zip.Entries.Select(entry => (Path: entry.FullName.Replace('\\', '/'), Entry: entry))
            .Where(file => !file.Path.EndsWith('/') && !Litter.Is(file.Path)).ToList();
        // The manifest is one more.
        if (files.Count > PluginManifest.MaxFiles + 1)
            throw new PluginRejectedException(
                $"its archive has {files.Count} files, the most allowed is {PluginManifest.MaxFiles}", PackAgain);
        string top = TopFolderOf(files.ConvertAll(file => file.Path));
        return files.ConvertAll(file => (file.Path[top.Length..], file.Entry));
    }

    private static string TopFolderOf(List<string> paths)
    {
        if (paths.Count == 0) return "";
        int slash = paths[0].IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0) return "";
        string top = paths[0][..(slash + 1)];
        return paths.TrueForAll(path => path.StartsWith(top, StringComparison.Ordinal)) ? top : "";
    }

    private static void RefuseBomb(ZipArchive zip, long length)
    {
        long total = 0;
        long packed = 0;
        foreach (var entry in zip.Entries)
        {
            total += Math.Max(entry.Length, 0);
            packed += Math.Max(entry.CompressedLength, 0);
            // Each time, so that no sum of lies wraps round.
            if (total > PluginManifest.MaxBytes)
                throw new PluginRejectedException($"its archive unpacks to more than {PluginManifest.MaxBytes >> 20} MiB", PackAgain);
            if (packed > length)
                throw new PluginRejectedException("files in its archive share their bytes, or are longer than the archive", PackAgain);
        }

        if (total > RatioMatters && total / MaxRatio > length)
            throw new PluginRejectedException(
                $"its archive of {length} bytes unpacks to {total}, more than {MaxRatio} times that", PackAgain);
    }

    private static void RefuseTrick(ZipArchiveEntry entry, string path)
    {
        if (((entry.ExternalAttributes >> UnixTypeShift) & UnixTypeMask) == UnixLink)
            throw new PluginRejectedException($"'{Shown(path)}' in its archive is a link", PackAgain);
        if (path.Contains(':', StringComparison.Ordinal) || path.Any(char.IsControl)
            || path.Split('/').Any(part => part is "" or "." or ".."))
            throw new PluginRejectedException(
                $"its archive holds the path '{Shown(entry.FullName)}', which leads out of the plugin's folder or is none", PackAgain);
    }

    /// <summary>For the owner alone, folders included, from the first byte on.</summary>
    private static void Extract(ZipArchiveEntry entry, string folder, string path)
    {
        var disk = LocalDisk.Instance;
        string[] parts = path.Split('/');
        foreach (string part in parts.AsSpan(..^1)) disk.MakeFolder(folder = Path.Combine(folder, part));
        using var packed = entry.Open();
        using var file = disk.Open(Path.Combine(folder, parts[^1]), DiskAccess.Create);
        byte[] piece = new byte[Piece];
        for (long length = 0; packed.Read(piece) is > 0 and var read; length += read)
        {
            // RefuseBomb has added up what the archive's directory says; an entry that is stored may hold more.
            if (length + read > entry.Length) throw new InvalidDataException($"'{Shown(path)}' in it is longer than it says.");
            file.Write(length, piece.AsSpan(0, read));
        }
    }

    private static string Shown(string path)
    {
        string text = ForeignText.OneLine(path);
        return text.Length <= 80 ? text : $"{text.AsSpan(0, 80)}…";
    }
}
