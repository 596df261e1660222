using BridgeFramework.Disks;

namespace BridgeFramework.Files.Tests;

/// <summary>What every disk does; the forgetful one is believed in tests because it does it too.</summary>
public abstract class DiskTests
{
    protected abstract IDisk Disk { get; }

    protected abstract string Folder { get; }

    [Fact]
    public void A_file_is_made_written_read_cut_off_renamed_and_deleted()
    {
        string path = Path.Combine(Folder, "file");
        Assert.Null(Disk.Find(path));
        Assert.Throws<FileNotFoundException>(() => Open(path, DiskAccess.Read));
        using (var file = Disk.Open(path, DiskAccess.Create))
        {
            file.Write(0, "0123456789"u8);
            file.Write(4, "xyz"u8);
            file.Truncate(8);
            file.Sync();
            Assert.Equal(8, file.Length);
        }

        Assert.ThrowsAny<IOException>(() => Open(path, DiskAccess.Create));
        Assert.Equal((EntryKind.File, 8), (Disk.Find(path)?.Kind, Disk.Find(path)?.Length ?? 0));
        string other = Path.Combine(Folder, "other");
        Open(other, DiskAccess.Create);
        Disk.Rename(path, other);
        Disk.SyncFolder(Folder);
        Assert.Equal("other", Assert.Single(Disk.List(Folder)).Name);
        using (var file = Disk.Open(other, DiskAccess.ReadWrite))
        {
            byte[] content = new byte[20];
            Assert.Equal(8, file.Read(0, content));
            Assert.Equal("0123xyz7"u8, content.AsSpan(0, 8));
            Assert.Throws<EndOfStreamException>(() => file.ReadExactly(5, content.AsSpan(0, 4)));
            Assert.Equal(0, file.Read(100, content));
        }

        Disk.Delete(other);
        Disk.Delete(other);
        Assert.Empty(Disk.List(Folder));
    }

    [Fact]
    public void A_folder_is_made_renamed_and_removed_when_it_is_empty()
    {
        string path = Path.Combine(Folder, "folder");
        Disk.MakeFolder(path);
        Disk.MakeFolder(path);
        Assert.Equal(EntryKind.Folder, Disk.Find(path)?.Kind);
        Open(Path.Combine(path, "file"), DiskAccess.Create);
        Assert.ThrowsAny<IOException>(() => Disk.RemoveFolder(path));
        string other = Path.Combine(Folder, "other");
        Disk.Rename(path, other);
        Assert.NotNull(Disk.Find(Path.Combine(other, "file")));
        Disk.Delete(Path.Combine(other, "file"));
        Disk.RemoveFolder(other);
        Assert.Empty(Disk.List(Folder));
        Assert.Throws<DirectoryNotFoundException>(() => Disk.List(other).Count());
        Assert.Throws<DirectoryNotFoundException>(() => Open(Path.Combine(other, "file"), DiskAccess.Read));
    }

    protected void Open(string path, DiskAccess access) => Disk.Open(path, access).Dispose();
}

public sealed class LocalDiskTests : DiskTests, IDisposable
{
    private readonly TestFolder _folder = new();

    protected override IDisk Disk => LocalDisk.Instance;

    protected override string Folder => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_no_regular_file_is_told_as_what_it_is_and_never_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.CreateSymbolicLink(_folder.At("link"), _folder.Write("file"));
        File.CreateSymbolicLink(_folder.At("dangling"), _folder.At("nowhere"));
        Directory.CreateDirectory(_folder.At("folder"));
        OddEntries.MakeFifo(_folder.At("fifo"));

        Assert.Equal(
            [
                ("dangling", EntryKind.Link),
                ("fifo", EntryKind.Special),
                ("file", EntryKind.File),
                ("folder", EntryKind.Folder),
                ("link", EntryKind.Link),
            ],
            Disk.List(Folder).OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => (entry.Name, entry.Kind)));
        Assert.Equal(EntryKind.Link, Disk.Find(_folder.At("link") + "/")?.Kind);
        Assert.Equal(EntryKind.Special, Disk.Find("/dev/null")?.Kind);
        foreach (string path in new[] { _folder.At("link"), _folder.At("dangling"), _folder.At("fifo"), _folder.At("folder"), "/dev/zero" })
        {
            var refusal = Assert.Throws<IOException>(() => RegularFile.OpenRead(path).Dispose());
            Assert.Contains("a regular file is expected", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_cannot_be_opened_says_why()
    {
        if (!OperatingSystem.IsLinux()) return;
        string running = Environment.ProcessPath!; // Linux knows it
        var refusal = Assert.Throws<IOException>(() => Open(running, DiskAccess.ReadWrite));
        Assert.EndsWith("cannot be opened: Text file busy.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_read_is_the_file()
    {
        using var file = RegularFile.OpenRead(_folder.Write("file", "text"));
        using var reader = new StreamReader(file);
        Assert.Equal("text", reader.ReadToEnd());
        Assert.False(file.CanWrite);
    }

    [Fact]
    public void The_time_that_a_file_was_written_is_the_one_that_the_system_has()
    {
        string path = _folder.Write("file");
        Assert.Equal(File.GetLastWriteTimeUtc(path), Disk.Find(path)?.Written);
    }
}

public sealed class ForgetfulDiskTests : DiskTests
{
    private readonly ForgetfulDisk _disk = new();

    public ForgetfulDiskTests() => Disk = _disk.Mount();

    protected override IDisk Disk { get; }

    protected override string Folder => "/";

    [Fact]
    public void A_power_cut_takes_what_was_not_synced_and_nothing_else()
    {
        Write("kept", "kept", sync: true);
        Disk.SyncFolder("/");
        Write("nameless", "its folder was not synced", sync: true);
        Write("empty", "its bytes were not synced", sync: false);
        Disk.Delete("/kept");

        _disk.PowerLoss(Survival.Nothing);

        Assert.Equal(new("kept", 4), Assert.Single(_disk.FilesIn("/")));
    }

    [Fact]
    public void A_name_may_be_safe_whose_bytes_are_not()
    {
        Write("file", "not synced", sync: false);
        Disk.SyncFolder("/");
        _disk.PowerLoss(Survival.Nothing);
        Assert.Equal(0, _disk.FilesIn("/")["file"]);
    }

    [Fact]
    public void A_rename_that_was_not_synced_may_be_undone_half_done_or_done()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (int seed = 0; seed < 50; seed++)
        {
            var disk = new ForgetfulDisk();
            var mounted = disk.Mount();
            PrivateFile.At("/d/old", mounted).Replace("1"u8);
            mounted.Rename("/d/old", "/d/new");
            disk.PowerLoss(Survival.Chance(new Random(seed)));
            found.Add(string.Join(' ', disk.FilesIn("/d").Keys));
        }

        Assert.Equal("|new|new old|old", string.Join('|', found.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void After_a_kill_the_dead_process_changes_nothing()
    {
        var dead = Disk;
        _disk.Kill();
        PrivateFile.At("/file", dead).Replace("late"u8);
        Assert.Empty(_disk.FilesIn("/"));
    }

    private void Write(string name, string text, bool sync)
    {
        using var file = Disk.Open("/" + name, DiskAccess.Create);
        file.Write(0, System.Text.Encoding.UTF8.GetBytes(text));
        if (sync) file.Sync();
    }
}
