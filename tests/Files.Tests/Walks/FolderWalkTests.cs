using BridgeFramework.Disks;

namespace BridgeFramework.Files.Tests;

public sealed class FolderWalkTests : IDisposable
{
    private static readonly WalkBounds Wide = new(Entries: 1000, Depth: 20, Bytes: 1_000_000);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_come_in_the_order_of_their_paths()
    {
        _folder.Write("b/c/3", "333");
        _folder.Write("b/2", "22");
        _folder.Write("a", "1");
        _folder.Write("b.d", "4444");

        var content = FolderWalk.Read(_folder.Path, Wide);

        Assert.Equal([("a", 1), ("b.d", 4), ("b/2", 2), ("b/c/3", 3)], content.Files.Select(file => (file.Path, (int)file.Length)));
        Assert.Empty(content.Faults);
        Assert.Null(content.StoppedAt);
    }

    [Fact]
    public void Links_loops_and_fifos_are_told_and_nothing_behind_them_is()
    {
        if (OperatingSystem.IsWindows()) return;
        _folder.Write("outside/secret");
        _folder.Write("drop/file");
        Directory.CreateSymbolicLink(_folder.At("drop", "loop"), ".");
        Directory.CreateSymbolicLink(_folder.At("drop", "out"), _folder.At("outside"));
        File.CreateSymbolicLink(_folder.At("drop", "secret"), _folder.At("outside", "secret"));
        OddEntries.MakeFifo(_folder.At("drop", "pipe"));

        var content = FolderWalk.Read(_folder.At("drop"), Wide);

        Assert.Equal("file", Assert.Single(content.Files).Path);
        Assert.Equal(
            [("loop", EntryKind.Link), ("out", EntryKind.Link), ("pipe", EntryKind.Special), ("secret", EntryKind.Link)],
            content.Faults.Select(fault => (fault.Path, fault.Kind)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/.")]
    [InlineData("/./")]
    public void A_folder_that_is_a_link_is_not_walked_through(string end)
    {
        if (OperatingSystem.IsWindows()) return;
        _folder.Write("outside/secret");
        Directory.CreateSymbolicLink(_folder.At("drop"), _folder.At("outside"));

        var content = FolderWalk.Read(_folder.At("drop") + end, Wide);

        Assert.Empty(content.Files);
        Assert.Equal(("", EntryKind.Link), (Assert.Single(content.Faults).Path, content.Faults[0].Kind));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told() =>
        Assert.Throws<DirectoryNotFoundException>(() => FolderWalk.Read(_folder.At("nowhere"), Wide));

    [Fact]
    public void A_folder_that_cannot_be_read_is_a_fault_and_its_neighbours_are_found()
    {
        var disk = new ForgetfulDisk();
        var data = new PrivateFolder("/data", disk.Mount());
        foreach (string name in new[] { "a", "b", "c" }) data.Folder(name).File("file").Replace("1"u8);
        disk.Fails = (_, path) => path is "/data/b" ? new UnauthorizedAccessException("Permission denied.") : null;

        var content = FolderWalk.Read("/data", Wide, disk.Mount());

        Assert.Equal("a/file c/file", string.Join(' ', content.Files.Select(file => file.Path)));
        Assert.Equal(new WalkFault("b", EntryKind.Folder, "cannot be read (Permission denied)"), Assert.Single(content.Faults));
    }

    [Fact]
    public void A_folder_without_permissions_is_such_a_folder()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Whoever may do everything can read it.");
        if (OperatingSystem.IsWindows()) return;
        _folder.Write("a/file");
        _folder.Write("b/file");
        File.SetUnixFileMode(_folder.At("a"), UnixFileMode.None);
        try
        {
            var content = FolderWalk.Read(_folder.Path, Wide);
            Assert.Equal("a", Assert.Single(content.Faults).Path);
            Assert.Equal("b/file", Assert.Single(content.Files).Path);
        }
        finally
        {
            File.SetUnixFileMode(_folder.At("a"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Theory]
    [InlineData(9, 20, 100, WalkLimit.Entries)]
    [InlineData(1000, 3, 100, WalkLimit.Depth)]
    [InlineData(1000, 20, 6, WalkLimit.Bytes)]
    [InlineData(10, 4, 7, null)]
    public void It_stops_at_each_bound(int entries, int depth, long bytes, WalkLimit? expected)
    {
        foreach (string file in new[] { "1", "2", "3", "4", "a/5", "a/6", "a/b/c/7" }) _folder.Write(file, "x");
        var content = FolderWalk.Read(_folder.Path, new WalkBounds(entries, depth, bytes));
        Assert.Equal(expected, content.StoppedAt);
        if (expected is null) Assert.Equal(7, content.Files.Count);
    }

    [Fact]
    public void An_endless_folder_is_left_at_the_bound()
    {
        var disk = new EndlessDisk();
        var content = FolderWalk.Read("/", new WalkBounds(Entries: 100, Depth: 2, Bytes: 1000), disk);
        Assert.Equal(WalkLimit.Entries, content.StoppedAt);
        Assert.InRange(disk.Told, 100, 102);
    }

    private sealed class EndlessDisk : IDisk
    {
        public int Told { get; private set; }

        public DiskEntry? Find(string path) => new DiskEntry("", EntryKind.Folder, 0, default);

        public IEnumerable<DiskEntry> List(string folder)
        {
            while (true)
                yield return new DiskEntry(
                    (Told++).ToString(System.Globalization.CultureInfo.InvariantCulture), EntryKind.File, 0, default);
        }

        public IDiskFile Open(string path, DiskAccess access) => throw new NotSupportedException();

        public void Rename(string path, string newPath) => throw new NotSupportedException();

        public void Delete(string path) => throw new NotSupportedException();

        public void MakeFolder(string folder) => throw new NotSupportedException();

        public void RemoveFolder(string folder) => throw new NotSupportedException();

        public void SyncFolder(string folder) => throw new NotSupportedException();
    }
}
