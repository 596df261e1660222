using System.Text;
using System.Text.Json.Serialization;
using BridgeFramework.Testing;

namespace BridgeFramework.Drivers.Tests;

public sealed partial class StoredStateTests
{
    private readonly InMemoryStore _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_never_written_is_absent() => Assert.Null(await ReadAsync(1));

    [Fact]
    public async Task What_was_written_last_is_read()
    {
        await State(1).WriteAsync(["a"], Ct);
        await State(1).WriteAsync(["a", "b"], Ct);

        Assert.Equal("a b", await ReadAsync(1));
    }

    [Fact]
    public async Task Wherever_one_byte_of_one_copy_is_damaged_the_state_is_read()
    {
        await State(1).WriteAsync(["a"], Ct);
        byte[] whole = await _store.ReadAsync("state", Ct) ?? [];
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 8; // a 1 becomes a 9, too
            await _store.WriteAsync("state", damaged, Ct);
            Assert.Equal("a", await ReadAsync(1));
            await _store.WriteAsync("state", whole.AsMemory(..i), Ct);
            Assert.Equal("a", await ReadAsync(1));
        }
    }

    [Fact]
    public async Task Where_both_copies_are_damaged_there_is_none()
    {
        foreach (string key in new[] { "state", "state.copy" })
            await _store.WriteAsync(key, Encoding.ASCII.GetBytes("1 0123456789abcdef\n[]"), Ct);

        Assert.Null(await ReadAsync(1));
    }

    [Fact]
    public async Task What_a_newer_plugin_wrote_is_refused_and_what_an_older_one_wrote_is_read()
    {
        await State(2).WriteAsync(["a"], Ct);

        Assert.Equal("a", await ReadAsync(3));
        Assert.False((await Assert.ThrowsAsync<DriverException>(() => State(1).ReadAsync(Ct))).IsTransient);
    }

    private async Task<string?> ReadAsync(int version) => await State(version).ReadAsync(Ct) is { } state ? string.Join(' ', state) : null;

    private StoredState<string[]> State(int version) => new(_store, "state", version, StateJson.Default.StringArray);

    [JsonSerializable(typeof(string[]))]
    private sealed partial class StateJson : JsonSerializerContext;
}
