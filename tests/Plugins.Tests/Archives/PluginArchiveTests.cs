using System.IO.Compression;

namespace BridgeFramework.Plugins.Tests;

public sealed class PluginArchiveTests : IDisposable
{
    private const int UnixLink = 0xA000;
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("archive-");

    private string Archive => Path.Combine(_root.FullName, "plugin.zip");

    private string Target => Directory.CreateDirectory(Path.Combine(_root.FullName, "target")).FullName;

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("plugin.json", "runtimes/linux-x64/native/lib.so")]
    [InlineData("lamps/plugin.json", "lamps/runtimes/linux-x64/native/lib.so")]
    public void Files_are_unpacked_with_or_without_a_folder_round_them(params string[] names)
    {
        Pack(names);
        PluginArchive.Unpack(Archive, Target);
        Assert.Equal("plugin.json runtimes/linux-x64/native/lib.so", Unpacked());
    }

    [Fact]
    public void Backslashes_are_separators()
    {
        Pack("lamps\\plugin.json", "lamps\\runtimes\\linux-x64\\native\\lib.so", "lamps\\empty\\");
        PluginArchive.Unpack(Archive, Target);
        Assert.Equal("plugin.json runtimes/linux-x64/native/lib.so", Unpacked());
    }

    [Fact]
    public void What_systems_leave_in_archives_is_left_out()
    {
        Pack("__MACOSX/lamps/._plugin.json", "__MACOSX/._lamps", "lamps/plugin.json", "lamps/.DS_Store", "lamps/lib/Thumbs.db",
            "lamps/lib/Desktop.ini", "lamps/lib/a.dll", "lamps/.nfs0000000000c0ffee");
        PluginArchive.Unpack(Archive, Target);
        Assert.Equal("lib/a.dll plugin.json", Unpacked());
    }

    /// <summary>One megabyte in the archive, fifty on the disk.</summary>
    [Fact]
    public void Files_that_share_their_bytes_are_refused_before_anything_is_written()
    {
        Share(length: 1024 * 1024, count: 50);
        Assert.Contains("share their bytes", Refusal(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Target));
    }

    /// <summary>The library has some hundred bytes in memory for each name, in an archive that was not looked at yet.</summary>
    [Theory]
    [InlineData(100_000, "has a directory for more files than a plugin has")]
    [InlineData(ushort.MaxValue, "has the form for more than 65534 files or 4 GiB")]
    public void A_directory_of_too_many_files_is_not_read(int count, string reason)
    {
        Share(length: 1, count);
        Assert.Contains(reason, Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_unpacked_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        Pack("plugin.json", "runtimes/linux-x64/native/lib.so");
        PluginArchive.Unpack(Archive, Target);
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (string path in Directory.EnumerateFileSystemEntries(Target, "*", SearchOption.AllDirectories))
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & ~Owner);
    }

    [Theory]
    [InlineData("../evil.dll")]
    [InlineData("a/../../evil.dll")]
    [InlineData("/etc/evil")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a\\..\\evil.dll")]
    [InlineData("C:/evil.dll")]
    [InlineData("a\u0001b")]
    public void A_path_that_leads_elsewhere_is_refused_and_nothing_is_written_outside(string name)
    {
        Pack("plugin.json", name);
        Assert.Contains("leads out of the plugin's folder", Refusal(), StringComparison.Ordinal);
        Assert.Equal("plugin.zip target", string.Join(
            ' ', _root.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void A_link_is_refused()
    {
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Create))
        {
            zip.CreateEntry("plugin.json");
            zip.CreateEntry("link").ExternalAttributes = (UnixLink | 0x1FF) << 16;
        }

        Assert.Contains("'link' in its archive is a link", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_there_twice_is_refused_in_whatever_case()
    {
        Pack("plugin.json", "A.dll", "a.dll");
        Assert.Contains("has 'a.dll' twice", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stored_file_that_is_longer_than_the_archive_says_is_refused()
    {
        const int Length = 0x012345;
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Create))
        {
            using var file = zip.CreateEntry("plugin.json", CompressionLevel.NoCompression).Open();
            file.Write(new byte[Length]);
        }

        // Of each pair of lengths, packed and unpacked, the second is made 1.
        byte[] bytes = File.ReadAllBytes(Archive);
        byte[] length = BitConverter.GetBytes(Length);
        int changed = 0;
        for (int at = bytes.AsSpan().IndexOf([.. length, .. length]); at >= 0; changed++)
        {
            BitConverter.GetBytes(1).CopyTo(bytes, at + length.Length);
            at = bytes.AsSpan().IndexOf([.. length, .. length]);
        }

        File.WriteAllBytes(Archive, bytes);
        Assert.InRange(changed, 1, 2);
        Refusal();
        long written = Directory.EnumerateFiles(Target).Sum(file => new FileInfo(file).Length);
        Assert.True(written <= 1, "More was written than the archive said.");
    }

    [Fact]
    public void An_archive_of_too_many_files_is_refused()
    {
        Pack([.. Enumerable.Range(0, 4002).Select(i => $"{i}")]);
        Assert.Contains("4002 files, the most allowed is 4000", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_that_unpacks_to_a_hundredfold_is_refused_before_it_fills_the_disk()
    {
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry("zeros").Open())
            for (int i = 0; i < 20; i++) entry.Write(new byte[1024 * 1024]);

        Assert.Contains("more than 100 times that", Refusal(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Target));
    }

    [Fact]
    public void A_file_that_is_longer_than_the_archive_says_is_cut_off_there()
    {
        Pack("plugin.json");
        byte[] bytes = File.ReadAllBytes(Archive);
        // The uncompressed length in the central directory.
        int directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        bytes[directory + 24]--;
        File.WriteAllBytes(Archive, bytes);
        PluginArchive.Unpack(Archive, Target);
        Assert.Equal("plugin.json".Length - 1, new FileInfo(Path.Combine(Target, "plugin.json")).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(-5)]
    public void Half_an_archive_may_still_be_on_its_way(int length)
    {
        Pack("plugin.json", "a.dll");
        byte[] bytes = File.ReadAllBytes(Archive);
        File.WriteAllBytes(Archive, bytes[..(length < 0 ? bytes.Length + length : length)]);
        Assert.True(Assert.Throws<PluginRejectedException>(() => PluginArchive.Unpack(Archive, Target)).MayBeIncomplete);
    }

    private string Unpacked() => string.Join(
        ' ', Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Target, file)).Order(StringComparer.Ordinal));

    /// <summary>Writes an archive whose directory names the one file that it holds many times.</summary>
    private void Share(int length, int count)
    {
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Create))
        {
            using var file = zip.CreateEntry("000", CompressionLevel.NoCompression).Open();
            file.Write(new byte[length]);
        }

        byte[] bytes = File.ReadAllBytes(Archive);
        int directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        int end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        byte[] entry = bytes[directory..end];
        List<byte> shared = [.. bytes[..directory]];
        for (int i = 0; i < count; i++)
        {
            System.Text.Encoding.ASCII.GetBytes($"{i % 1000:000}").CopyTo(entry, 46); // where the name begins
            shared.AddRange(entry);
        }

        byte[] tail = bytes[end..];
        BitConverter.GetBytes((ushort)count).CopyTo(tail, 8);
        BitConverter.GetBytes((ushort)count).CopyTo(tail, 10);
        BitConverter.GetBytes(entry.Length * count).CopyTo(tail, 12);
        File.WriteAllBytes(Archive, [.. shared, .. tail]);
    }

    private string Refusal() => Assert.Throws<PluginRejectedException>(() => PluginArchive.Unpack(Archive, Target)).Reason;

    private void Pack(params string[] names)
    {
        using var zip = ZipFile.Open(Archive, ZipArchiveMode.Create);
        foreach (string name in names)
        {
            using var entry = new StreamWriter(zip.CreateEntry(name).Open());
            entry.Write(name);
        }
    }
}
