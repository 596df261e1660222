using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BridgeFramework.Plugins;

/// <summary>The files of a plugin's folder and the digest over all of them: names, lengths and bytes.</summary>
internal sealed class PluginContent
{
    private const int MaxFiles = 4000;
    private const long MaxBytes = 512L * 1024 * 1024;

    private PluginContent(string folder, IReadOnlyList<string> files, string digest)
    {
        Folder = folder;
        Files = files;
        Digest = digest;
    }

    public string Folder { get; }

    /// <summary>Paths relative to <see cref="Folder"/>, with '/', sorted.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The first 128 bits of a SHA-256, as hexadecimal digits.</summary>
    public string Digest { get; }

    /// <exception cref="PluginRejectedException">The folder is too large, or holds a link.</exception>
    public static PluginContent Read(string folder)
    {
        List<string> files = [];
        Collect(new DirectoryInfo(folder), "", files);
        files.Sort(StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long total = 0;
        foreach (string file in files) total = Append(hash, folder, file, total);
        return new PluginContent(folder, files, Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16)));
    }

    public bool IsSameAs(string folder) => Read(folder).Digest.Equals(Digest, StringComparison.Ordinal);

    /// <exception cref="PluginRejectedException">The plugin brings the contract, which then would exist twice: nothing would fit.</exception>
    public void RefuseOwnContract()
    {
        string contract = $"{ContractVersion.AssemblyName}.dll";
        if (Files.FirstOrDefault(f => Path.GetFileName(f).Equals(contract, StringComparison.OrdinalIgnoreCase)) is not { } found) return;
        throw new PluginRejectedException(
            $"it brings its own copy of the contract ({found}), and this gateway has {ContractVersion.OfThisGateway}",
            $"delete {contract} from the plugin's folder, and set <PluginId> in its project so that the build leaves it out");
    }

    /// <summary>Links are not followed: the folder is what was dropped, not what it points at.</summary>
    private static void Collect(DirectoryInfo folder, string prefix, List<string> files)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            string path = prefix + entry.Name;
            if (entry.LinkTarget is not null)
                throw new PluginRejectedException($"its {path} is a link", "put the file itself into the plugin's folder");
            if (entry is DirectoryInfo inner) Collect(inner, $"{path}/", files);
            else files.Add(path);
            if (files.Count > MaxFiles)
                throw new PluginRejectedException($"its folder has more than {MaxFiles} files", "remove what does not belong to the plugin");
        }
    }

    private static long Append(IncrementalHash hash, string folder, string file, long total)
    {
        using var stream = File.OpenRead(Path.Combine(folder, file));
        total += stream.Length;
        if (total > MaxBytes)
            throw new PluginRejectedException($"its folder has more than {MaxBytes >> 20} MiB", "remove what does not belong to the plugin");
        byte[] buffer = new byte[64 * 1024];
        BinaryPrimitives.WriteInt64LittleEndian(buffer, stream.Length);
        hash.AppendData(Encoding.UTF8.GetBytes(file + '\0'));
        hash.AppendData(buffer, 0, sizeof(long));
        for (int read; (read = stream.Read(buffer)) > 0;) hash.AppendData(buffer, 0, read);
        return total;
    }
}
