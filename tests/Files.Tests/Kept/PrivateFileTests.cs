using BridgeFramework.Disks;

namespace BridgeFramework.Files.Tests;

public sealed class PrivateFileTests : IDisposable
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_again_and_only_its_owner_can()
    {
        var file = PrivateFile.At(_folder.At("new", "folders", "file"));
        Assert.False(file.Exists);
        Assert.Null(file.TryRead(10));

        file.Replace("first, and longer"u8);
        file.Replace("second"u8);

        Assert.Equal("second", TextOf(file));
        Assert.Equal(file.Path, Assert.Single(Directory.GetFiles(_folder.At("new", "folders"))));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(OwnersFile, File.GetUnixFileMode(file.Path));
        Assert.Equal(OwnersFile | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.At("new")));
        Assert.Equal(OwnersFile | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.At("new", "folders")));
    }

    [Fact]
    public async Task It_can_be_written_without_holding_a_thread_of_the_pool()
    {
        var file = PrivateFile.At(_folder.At("file"));
        await file.ReplaceAsync("new"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("new", TextOf(file));
    }

    [Fact]
    public async Task Whoever_gives_up_leaves_the_old_content_and_no_draft()
    {
        var file = PrivateFile.At(_folder.Write("file", "old"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => file.ReplaceAsync("new"u8.ToArray(), new CancellationToken(canceled: true)));
        Assert.Equal("old", TextOf(file));
        Assert.Equal(file.Path, Assert.Single(Directory.GetFiles(_folder.Path)));
    }

    [Fact]
    public void What_a_killed_process_left_is_in_nobodys_way()
    {
        var file = PrivateFile.At(_folder.At("file"));
        _folder.Write("file" + PrivateFile.Draft, "half of it");
        file.Replace("new"u8);
        Assert.Equal(file.Path, Assert.Single(Directory.GetFiles(_folder.Path)));
    }

    [Fact]
    public void A_link_that_was_planted_is_replaced_and_not_followed()
    {
        if (OperatingSystem.IsWindows()) return;
        string other = _folder.Write("other", "not ours");
        File.CreateSymbolicLink(_folder.At("file"), other);
        File.CreateSymbolicLink(_folder.At("file" + PrivateFile.Draft), other);
        var file = PrivateFile.At(_folder.At("file"));
        Assert.Throws<IOException>(() => file.TryRead(100));

        file.Replace("new"u8);

        Assert.Equal("not ours", File.ReadAllText(other));
        Assert.Equal("new", TextOf(file));
    }

    [Fact]
    public void More_than_is_expected_is_not_read()
    {
        var file = PrivateFile.At(_folder.Write("file", "12345"));
        Assert.NotNull(file.TryRead(5));
        Assert.Contains("5 bytes", Assert.Throws<IOException>(() => file.TryRead(4)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DiskOperation.Create)]
    [InlineData(DiskOperation.Write)]
    [InlineData(DiskOperation.Sync)]
    [InlineData(DiskOperation.Rename)]
    [InlineData(DiskOperation.MakeFolder)]
    public void A_disk_that_fails_leaves_the_old_content_and_no_draft(DiskOperation operation)
    {
        var disk = new ForgetfulDisk();
        var file = PrivateFile.At("/data/file", disk.Mount());
        if (operation != DiskOperation.MakeFolder) file.Replace("old"u8);
        disk.Fails = (each, _) => each == operation ? new IOException("No space left on device.") : null;

        Assert.Throws<IOException>(() => file.Replace("new"u8));

        disk.Fails = (_, _) => null;
        Assert.Equal(operation == DiskOperation.MakeFolder ? "" : "file", string.Join(' ', disk.FilesIn("/data").Keys));
        Assert.Equal(operation == DiskOperation.MakeFolder ? null : "old", TextOf(file));
        file.Replace("new"u8);
        Assert.Equal("new", TextOf(file));
    }

    [Fact]
    public async Task After_a_power_cut_at_any_step_the_old_content_is_there_or_the_new()
    {
        byte[] before = [.. Enumerable.Repeat((byte)'o', 2000)];
        byte[] after = [.. Enumerable.Repeat((byte)'n', 3000)];
        int steps = await PowerCuts.TryAllAsync(new PowerCutScenario(
            disk => Done(() => PrivateFile.At("/data/file", disk).Replace(before)),
            disk => Done(() => PrivateFile.At("/data/file", disk).Replace(after)),
            (disk, ended) => Done(() =>
            {
                byte[] content = PrivateFile.At("/data/file", disk).TryRead(10_000) ?? throw new InvalidOperationException(
                    "There is no file.");
                Assert.True(content.AsSpan().SequenceEqual(after)
                    || (!ended && content.AsSpan().SequenceEqual(before)), $"It has {content.Length} bytes.");
            })));
        Assert.InRange(steps, 6, 10);
    }

    [Fact]
    public async Task The_first_content_is_there_with_all_the_folders_that_were_made_for_it() =>
        await PowerCuts.TryAllAsync(new PowerCutScenario(
        _ => Task.CompletedTask,
        disk => Done(() => new PrivateFolder("/var/bridge", disk).Folder("registered").File("secret").Replace("s"u8)),
        (disk, ended) => Done(() =>
        {
            byte[]? content = PrivateFile.At("/var/bridge/registered/secret", disk).TryRead(10);
            Assert.True(ended ? content is [(byte)'s'] : content is null or [(byte)'s']);
        })));

    [Fact]
    public async Task What_was_deleted_does_not_come_back() => await PowerCuts.TryAllAsync(new PowerCutScenario(
        disk => Done(() => PrivateFile.At("/data/file", disk).Replace("old"u8)),
        disk => Done(() => PrivateFile.At("/data/file", disk).Delete()),
        (disk, ended) => Done(() =>
        {
            byte[]? content = PrivateFile.At("/data/file", disk).TryRead(10);
            Assert.True(content is null || (!ended && content.AsSpan().SequenceEqual("old"u8)));
        })));

    private static string? TextOf(PrivateFile file) =>
        file.TryRead(100) is { } content ? System.Text.Encoding.UTF8.GetString(content) : null;

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
