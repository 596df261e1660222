using BridgeFramework.Disks;

namespace BridgeFramework.Files.Tests;

public sealed class FolderLockTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_claim_has_one_holder_until_it_is_disposed()
    {
        using (var first = FolderLock.TryTake(_folder.At("lock")))
        {
            Assert.NotNull(first);
            using var second = FolderLock.TryTake(_folder.At("lock"));
            Assert.Null(second);
        }

        using var third = FolderLock.TryTake(_folder.At("lock"));
        Assert.NotNull(third);
    }

    [Fact]
    public void A_disk_that_does_not_do_it_is_no_holder()
    {
        Assert.Throws<DirectoryNotFoundException>(() => Take(_folder.At("nowhere", "lock")));
        if (!OperatingSystem.IsLinux()) return;
        // Of the ways in which opening fails the one that a test can have: the disk is full or read-only only where root made it so.
        var refusal = Assert.Throws<IOException>(() => Take(Environment.ProcessPath!)); // Linux knows it
        Assert.EndsWith("cannot be opened: Text file busy.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_in_its_place_is_neither_followed_nor_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("elsewhere"));
        OddEntries.MakeFifo(_folder.At("fifo"));

        foreach (string name in new[] { "link", "fifo" })
        {
            var refusal = Assert.Throws<IOException>(() => Take(_folder.At(name)));
            Assert.Contains("a regular file is expected", refusal.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(_folder.At("elsewhere")));
    }

    [Fact]
    public void Its_file_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        Take(_folder.At("lock"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.At("lock")));
    }

    private static void Take(string file) => FolderLock.TryTake(file)?.Dispose();
}
