using BridgeFramework.Files;

namespace BridgeFramework.Runtime.Tests;

public sealed class ChannelStoreCopiesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stores-").FullName;
    private readonly ChannelStoreCopies _copies;

    public ChannelStoreCopiesTests() =>
        _copies = new ChannelStoreCopies(new PrivateFolder(_folder).Folder("channels"), new PrivateFolder(_folder).Folder("copies"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_store_comes_back_as_it_was_with_what_was_changed_added_and_removed_meanwhile()
    {
        using var store = new FileChannelStore(new PrivateFolder(_folder).Folder("channels").Folder("line1"));
        await store.WriteAsync("table", new byte[] { 1 }, Ct);
        await store.WriteAsync("gone", new byte[] { 2 }, Ct);
        _copies.Save("lamps", ["line1"]);
        await store.WriteAsync("table", new byte[] { 9 }, Ct);
        await store.WriteAsync("new", new byte[] { 9 }, Ct);
        await store.DeleteAsync("gone", Ct);

        _copies.Restore("lamps", ["line1"]);
        _copies.Restore("lamps", ["line1"]); // after a crash in the middle it is done again

        Assert.Equal([1], await store.ReadAsync("table", Ct));
        Assert.Equal([2], await store.ReadAsync("gone", Ct));
        Assert.Null(await store.ReadAsync("new", Ct));
        _copies.Delete("lamps");
        Assert.False(Directory.Exists(Path.Combine(_folder, "copies", "lamps")));
    }

    [Fact]
    public async Task A_store_that_was_empty_is_empty_again()
    {
        using var store = new FileChannelStore(new PrivateFolder(_folder).Folder("channels").Folder("line1"));
        _copies.Save("lamps", ["line1"]);
        await store.WriteAsync("new", new byte[] { 9 }, Ct);
        _copies.Restore("lamps", ["line1"]);
        Assert.Null(await store.ReadAsync("new", Ct));
    }

    [Fact]
    public async Task The_copies_of_an_earlier_trial_are_replaced()
    {
        using var store = new FileChannelStore(new PrivateFolder(_folder).Folder("channels").Folder("line1"));
        await store.WriteAsync("old", new byte[] { 1 }, Ct);
        _copies.Save("lamps", ["line1"]);
        await store.DeleteAsync("old", Ct);
        _copies.Save("lamps", ["line1"]);
        _copies.Restore("lamps", ["line1"]);
        Assert.Null(await store.ReadAsync("old", Ct));
    }
}
