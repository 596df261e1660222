using System.IO.Compression;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>Unpacks a plugin that came as a <c>.zip</c>, and trusts nothing that it says of itself.</summary>
internal static class PluginArchive
{
    private const int MaxFiles = 4000;
    private const long MaxBytes = 512L * 1024 * 1024;

    // Assemblies pack to a third; what packs a hundredfold is made to fill the disk.
    private const int MaxRatio = 100;
    private const long RatioMatters = 16L * 1024 * 1024;
    private const int Piece = 64 * 1024;
    private const int UnixTypeShift = 16;
    private const int UnixTypeMask = 0xF000;
    private const int UnixLink = 0xA000;
    private const string PackAgain = "pack the folder that the plugin's build made, and nothing else";
    private const string CopyAgain = "copy the file again, completely";

    /// <summary>Whether a file is named as an archive is.</summary>
    public static bool IsNamedSo(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Unpacks. Where all is in one folder of the archive, that folder is the plugin.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="folder">Takes the files; exists and is empty.</param>
    /// <exception cref="PluginRejectedException">It is no archive, or one that would write where it must not,
    /// or more than it may.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Unpack(string archive, string folder)
    {
        try
        {
            using var packed = RegularFile.OpenRead(archive);
            using var zip = new ZipArchive(packed);
            RefuseBomb(zip, packed.Length);
            var files = FilesOf(zip);
            string top = TopFolderOf(files);
            var targets = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var entry in files)
            {
                string path = entry.FullName[top.Length..];
                RefuseTrick(entry, path);
                if (!targets.Add(path)) throw new PluginRejectedException($"its archive has '{Shown(path)}' twice", PackAgain);
                Extract(entry, folder, path);
            }
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(exception);
        }
    }

    /// <summary>Reads the manifest of the plugin in an archive, and unpacks nothing.</summary>
    /// <exception cref="PluginRejectedException">There is none, or it is not usable.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static PluginManifest ReadManifest(string archive)
    {
        try
        {
            using var file = RegularFile.OpenRead(archive);
            using var zip = new ZipArchive(file);
            var entry = zip.GetEntry(TopFolderOf(FilesOf(zip)) + PluginManifest.FileName);
            if (entry is null || entry.Length > PluginManifestReader.MaxBytes)
                throw new PluginRejectedException($"its archive has no {PluginManifest.FileName}", PackAgain);
            byte[] bytes = new byte[entry.Length];
            using var packed = entry.Open();
            packed.ReadExactly(bytes);
            return PluginManifestReader.Parse(bytes);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(exception);
        }
    }

    private static List<ZipArchiveEntry> FilesOf(ZipArchive zip) => [.. zip.Entries.Where(entry => !entry.FullName.EndsWith('/'))];

    private static PluginRejectedException Damaged(InvalidDataException cause) =>
        new($"its archive is damaged or no zip file ({cause.Message.TrimEnd('.')})", CopyAgain, mayBeIncomplete: true);

    private static void RefuseBomb(ZipArchive zip, long packed)
    {
        if (zip.Entries.Count > MaxFiles)
            throw new PluginRejectedException($"its archive has {zip.Entries.Count} files, the most allowed is {MaxFiles}", PackAgain);
        long total = 0;
        foreach (var entry in zip.Entries)
        {
            total += entry.Length;
            // Each time, so that no sum of lies wraps round.
            if (total > MaxBytes) throw new PluginRejectedException($"its archive unpacks to more than {MaxBytes >> 20} MiB", PackAgain);
        }

        if (total > RatioMatters && total / MaxRatio > packed)
            throw new PluginRejectedException(
                $"its archive of {packed} bytes unpacks to {total}, more than {MaxRatio} times that", PackAgain);
    }

    private static string TopFolderOf(List<ZipArchiveEntry> files)
    {
        if (files.Count == 0) return "";
        int slash = files[0].FullName.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0) return "";
        string top = files[0].FullName[..(slash + 1)];
        return files.TrueForAll(file => file.FullName.StartsWith(top, StringComparison.Ordinal)) ? top : "";
    }

    private static void RefuseTrick(ZipArchiveEntry entry, string path)
    {
        if (((entry.ExternalAttributes >> UnixTypeShift) & UnixTypeMask) == UnixLink)
            throw new PluginRejectedException($"'{Shown(path)}' in its archive is a link", PackAgain);
        if (path.Contains('\\', StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal) || path.Any(char.IsControl)
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
        string text = string.Concat(path.Select(c => char.IsControl(c) ? '?' : c));
        return text.Length <= 80 ? text : $"{text.AsSpan(0, 80)}…";
    }
}
