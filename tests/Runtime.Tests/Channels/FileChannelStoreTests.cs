using BridgeFramework.Files;

namespace BridgeFramework.Runtime.Tests;

public sealed class FileChannelStoreTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("bridge-store-");
    private readonly FileChannelStore _store;

    public FileChannelStoreTests() => _store = new FileChannelStore(new PrivateFolder(Folder));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_root.FullName, "channels", "line1");

    public void Dispose()
    {
        _store.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_written_last_is_read_by_this_store_and_the_next()
    {
        Assert.Null(await _store.ReadAsync("devices", Ct));
        await _store.WriteAsync("devices", new byte[] { 1, 2, 3 }, Ct);
        await _store.WriteAsync("devices", new byte[] { 4 }, Ct);
        await _store.WriteAsync("empty", ReadOnlyMemory<byte>.Empty, Ct);

        using var next = new FileChannelStore(new PrivateFolder(Folder));
        Assert.Equal([4], await next.ReadAsync("devices", Ct));
        Assert.Empty(await next.ReadAsync("empty", Ct) ?? [9]);
    }

    [Fact]
    public async Task A_removed_entry_is_gone_and_removing_it_again_is_harmless()
    {
        await _store.DeleteAsync("devices", Ct);
        await _store.WriteAsync("devices", new byte[] { 1 }, Ct);
        await _store.DeleteAsync("devices", Ct);
        await _store.DeleteAsync("devices", Ct);

        Assert.Null(await _store.ReadAsync("devices", Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("../escape")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("ä")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_key_of_another_form_is_refused_and_touches_no_file(string key)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _store.WriteAsync(key, new byte[] { 1 }, Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _store.ReadAsync(key, Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _store.DeleteAsync(key, Ct));

        Assert.Empty(_root.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task A_value_above_1_MiB_is_refused_and_the_old_one_stays()
    {
        await _store.WriteAsync("devices", new byte[1024 * 1024], Ct);

        var exception = await Assert.ThrowsAsync<ArgumentException>(
            async () => await _store.WriteAsync("devices", new byte[(1024 * 1024) + 1], Ct));

        Assert.Contains("1048577", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1024 * 1024, (await _store.ReadAsync("devices", Ct))?.Length);
    }

    [Fact]
    public async Task A_write_that_is_given_up_leaves_the_old_value_whole()
    {
        await _store.WriteAsync("devices", new byte[] { 1 }, Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _store.WriteAsync("devices", new byte[] { 2 }, new CancellationToken(canceled: true)));

        Assert.Equal([1], await _store.ReadAsync("devices", Ct));
    }

    [Fact]
    public async Task What_a_power_cut_left_half_written_does_no_harm()
    {
        await _store.WriteAsync("devices", new byte[] { 1, 2 }, Ct);
        await File.WriteAllBytesAsync(Path.Combine(Folder, "devices.writing"), [9, 9, 9, 9], Ct);

        Assert.Equal([1, 2], await _store.ReadAsync("devices", Ct));
        await _store.WriteAsync("devices", new byte[] { 3 }, Ct);
        Assert.Equal([3], await _store.ReadAsync("devices", Ct));
        Assert.Equal("devices", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(Folder))));
    }

    [Fact]
    public async Task Nobody_but_the_owner_can_look_inside()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (OperatingSystem.IsWindows()) return;
        await _store.WriteAsync("keys", new byte[] { 1 }, Ct);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Folder, "keys")));
    }

    [Fact]
    public async Task Writers_at_the_same_time_leave_one_of_their_values()
    {
        var values = Enumerable.Range(0, 16).Select(number => Enumerable.Repeat((byte)number, 1000).ToArray()).ToList();

        await Task.WhenAll(values.Select(value => Task.Run(async () => await _store.WriteAsync("devices", value, Ct), Ct)));

        var read = await _store.ReadAsync("devices", Ct);
        Assert.Contains(values, value => value.AsSpan().SequenceEqual(read));
    }
}
