using BridgeFramework.Fuzz;
using System.IO.Compression;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins.Tests;

/// <summary>Random and mutated archives. BRIDGE_FUZZ sets how many (default 1000).</summary>
public sealed class ArchiveFuzzTests : IDisposable
{
    private const int Few = 1000;
    private const int Length = 3000;
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("archive-fuzz-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void An_archive_is_unpacked_or_refused_and_nothing_is_written_outside_or_beyond_what_it_says()
    {
        string archive = Path.Combine(_root.FullName, "plugin.zip");
        string target = Path.Combine(_root.FullName, "target");
        byte[][] samples = [Sample(CompressionLevel.NoCompression), Sample(CompressionLevel.Fastest)];
        foreach (byte[] bytes in new Mutations(seed: 20261130, samples).Take(Few))
        {
            File.WriteAllBytes(archive, bytes);
            LocalDisk.Instance.MakeFolder(target);
            Try(() => PluginArchive.Unpack(archive, target), bytes);
            Try(() => PluginArchive.ReadManifest(archive), bytes);
            Assert.Equal(2, _root.EnumerateFileSystemInfos().Count());
            var written = FolderWalk.Read(target, PluginFiles.Bounds).Files;
            Assert.True(written.Sum(file => file.Length) <= 100L * Length, $"Too much was written of {Convert.ToHexString(bytes)}");
            new PrivateFolder(target).Delete();
        }
    }

    private static void Try(Action unpack, byte[] bytes)
    {
        try
        {
            unpack();
        }
        catch (Exception expected) when (expected is PluginRejectedException or IOException)
        {
            // As it should be.
        }
        catch (Exception other)
        {
            Assert.Fail($"{other} of {Convert.ToHexString(bytes)}");
        }
    }

    private static byte[] Sample(CompressionLevel level)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in new[] { "lamps/plugin.json", "lamps/lamps.dll", "lamps/runtimes/linux-x64/native/lib.so" })
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(new byte[Length / 6]);
            }
        }

        return stream.ToArray();
    }
}
