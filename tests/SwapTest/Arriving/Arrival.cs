using System.IO.Compression;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>How a version comes into the drop folder.</summary>
internal enum Way
{
    /// <summary>A plain copy over the version that is there.</summary>
    Copy,

    /// <summary>The same, in small pieces with pauses.</summary>
    SlowCopy,

    /// <summary>Copied under a name that does not count, then renamed in the place of the old one.</summary>
    Rename,

    /// <summary>As an archive, in the place of the old one.</summary>
    Zip,

    /// <summary><c>bridge plugin install</c>.</summary>
    Install,
}

/// <summary>Brings versions into the drop folder.</summary>
internal sealed class Arrival(SwapScene scene, string bridge, TimeProvider time)
{
    private const int SmallestPiece = 4096;
    private const int Pieces = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    public static IReadOnlyList<Way> Ways { get; } = Enum.GetValues<Way>();

    /// <summary>Brings one in.</summary>
    /// <returns>What went wrong, as a sentence; <see langword="null"/> if nothing did.</returns>
    public async Task<string?> BringAsync(TickerVersion version, Way way, CancellationToken cancellationToken)
    {
        switch (way)
        {
            case Way.Copy:
                Files.Copy(version.Folder, FolderToWriteOver());
                return null;
            case Way.SlowCopy:
                await CopySlowlyAsync(version.Folder, FolderToWriteOver(), cancellationToken);
                return null;
            case Way.Rename:
                string hidden = Path.Combine(scene.DropFolder, $".incoming-{version.Version}");
                Files.Copy(version.Folder, hidden);
                foreach (string entry in Entries()) Files.Remove(entry);
                Directory.Move(hidden, Path.Combine(scene.DropFolder, $"{TickerVersion.Id}-{version.Version}"));
                return null;
            case Way.Zip:
                string packed = PackOf(version);
                foreach (string entry in Entries()) Files.Remove(entry);
                File.Copy(packed, Path.Combine(scene.DropFolder, $"{TickerVersion.Id}.zip"));
                File.Delete(packed);
                return null;
            default:
                return await InstallAsync(version, cancellationToken);
        }
    }

    /// <summary>What is in the drop folder of the plugin.</summary>
    public IReadOnlyList<string> Entries() => Directory.GetFileSystemEntries(scene.DropFolder, $"{TickerVersion.Id}*");

    /// <summary>The archive of a version, made at the first time.</summary>
    public static string PackOf(TickerVersion version)
    {
        string packed = $"{version.Folder}.zip";
        if (!File.Exists(packed)) ZipFile.CreateFromDirectory(version.Folder, packed);
        return packed;
    }

    private string FolderToWriteOver()
    {
        foreach (string archive in Entries().Where(File.Exists)) File.Delete(archive);
        return Entries() is [var present, ..] ? present : Path.Combine(scene.DropFolder, TickerVersion.Id);
    }

    private async Task CopySlowlyAsync(string from, string to, CancellationToken cancellationToken)
    {
        foreach (string file in Files.In(from))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy) ?? to);
            await using var source = File.OpenRead(file);
            await using var target = File.Create(copy);
            byte[] piece = new byte[Math.Max(SmallestPiece, source.Length / Pieces)];
            while (await source.ReadAsync(piece, cancellationToken) is > 0 and var read)
            {
                await target.WriteAsync(piece.AsMemory(0, read), cancellationToken);
                await target.FlushAsync(cancellationToken);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task<string?> InstallAsync(TickerVersion version, CancellationToken cancellationToken)
    {
        await using var install = ChildProcess.Start(
            "install", scene.Path, [bridge, "plugin", "install", version.Folder, "--config", scene.Path], keepsOutput: true);
        var (code, _) = await install.ResultAsync(cancellationToken);
        return code == 0 ? null : $"'bridge plugin install' of {version.Version} ended with {code}. {install.Words()}";
    }
}
