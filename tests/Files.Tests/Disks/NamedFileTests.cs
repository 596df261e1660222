using BridgeFramework.Disks;

namespace BridgeFramework.Files.Tests;

public sealed class NamedFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_is_followed_to_the_file()
    {
        if (OperatingSystem.IsWindows()) return;
        File.CreateSymbolicLink(_folder.At("link"), _folder.Write("file", "text"));
        File.CreateSymbolicLink(_folder.At("again"), _folder.At("link"));

        Assert.Equal("text"u8, NamedFile.Read(_folder.At("again"), maxLength: 4));
    }

    [Fact]
    public void What_is_no_regular_file_is_refused_and_never_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        OddEntries.MakeFifo(_folder.At("fifo"));
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("fifo"));
        Directory.CreateDirectory(_folder.At("folder"));

        foreach (string name in new[] { "fifo", "link", "folder" })
        {
            var refusal = Assert.Throws<IOException>(() => NamedFile.OpenRead(_folder.At(name)).Dispose());
            Assert.Contains("a regular file is expected", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_a_file_that_is_not_there()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.CreateSymbolicLink(_folder.At("dangling"), _folder.At("nowhere"));

        Assert.Throws<FileNotFoundException>(() => NamedFile.OpenRead(_folder.At("dangling")).Dispose());
    }

    [Fact]
    public void A_file_is_read_up_to_its_limit_and_one_that_is_longer_not_at_all()
    {
        Assert.Equal("1234"u8, NamedFile.Read(_folder.Write("file", "1234"), maxLength: 4));
        var refusal = Assert.Throws<IOException>(() => NamedFile.Read(_folder.At("file"), maxLength: 3));
        Assert.Contains("has more than 3 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_the_kernel_makes_up_is_read_though_it_says_that_it_is_empty()
    {
        if (!OperatingSystem.IsLinux()) return;
        Assert.NotEmpty(NamedFile.Read("/proc/self/comm", maxLength: 64));
    }
}
