using System.Text;
using System.Text.Json;
using CsCheck;

namespace BridgeFramework.Runtime.Tests;

public sealed class PlainDownlinkTests
{
    [Fact]
    public void A_command_is_read_with_its_expiry_and_its_writes_in_order()
    {
        Assert.True(PlainDownlink.TryRead(Bytes("""{"id":"c1","expires":1700000000000,"write":{"setpoint":21.5,"mode":"eco","on":true,"n":-3}}"""), out var command, out _));

        Assert.Equal("c1", command.Id);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1700000000000), command.Expires);
        Assert.Equal(
            [new("setpoint", Variant.From(21.5)), new("mode", Variant.From("eco")), new("on", Variant.From(true)),
                new("n", Variant.From(-3L))],
            command.Writes);
    }

    [Theory]
    [InlineData("", null, "The command is not valid JSON.")]
    [InlineData("{", null, "The command is not valid JSON.")]
    [InlineData("[1]", null, "The command is not a JSON object.")]
    [InlineData("""{"write":{"a":1}}""", null, "The command has no 'id': expected text.")]
    [InlineData("""{"id":7,"write":{"a":1}}""", null, "The command has no 'id': expected text.")]
    [InlineData("""{"id":"","write":{"a":1}}""", null, "The command's 'id' has 0 characters: expected 1 to 64.")]
    [InlineData("""{"id":"x"}""", "x", "The command has nothing to do: expected 'write' with an object of point names and values.")]
    [InlineData("""{"id":"x","write":[]}""", "x", "The command has nothing to do: expected 'write' with an object of point names and values.")]
    [InlineData("""{"id":"x","write":{}}""", "x", "'write' is empty: expected point names and values.")]
    [InlineData("""{"id":"x","write":{"a":1,"a":2}}""", "x", "'write' names point 'a' twice.")]
    [InlineData("""{"id":"x","id":"y","write":{"a":1}}""", null, "The command has 'id' twice: expected once.")]
    [InlineData("""{"id":"x","write":{"a":1},"write":{"a":2},"\u0069d":"x"}""", null, "The command has 'id' twice: expected once.")]
    [InlineData("""{"write":{"a":1},"id":"x","write":{"a":2}}""", "x", "The command has 'write' twice: expected once.")]
    [InlineData("""{"id":"x","expires":1,"expires":4000000000000,"write":{"a":1}}""", "x", "The command has 'expires' twice: expected once.")]
    [InlineData("""{"id":"x","note":1,"write":{"a":1},"note":1}""", "x", "The command has 'note' twice: expected once.")]
    [InlineData("""{"id":"x","write":{"a":1,"\u0061":2}}""", "x", "'write' names point 'a' twice.")]
    [InlineData("""{"id":"x","expires":"soon","write":{"a":1}}""", "x", "'expires' is not a time: expected milliseconds since 1970.")]
    [InlineData("""{"id":"x","expires":9e30,"write":{"a":1}}""", "x", "'expires' is not a time: expected milliseconds since 1970.")]
    [InlineData("""{"\ud800":1,"id":"x","write":{"a":1}}""", "x", "A name in the command is not text: it holds half of a surrogate pair.")]
    [InlineData("""{"id":"x","write":{"a":1},"i\udc00":1}""", "x", "A name in the command is not text: it holds half of a surrogate pair.")]
    [InlineData("""{"id":"x","write":{"\ud800":1}}""", "x", "A name in the command is not text: it holds half of a surrogate pair.")]
    [InlineData("""{"\ud800":1,"write":{"a":1}}""", null, "The command has no 'id': expected text.")]
    public void What_is_no_command_is_refused_in_words(string payload, string? id, string reason)
    {
        Assert.False(PlainDownlink.TryRead(Bytes(payload), out _, out var refusal));

        Assert.Equal(id, refusal.Id);
        Assert.Equal(CommandOutcome.Refused, refusal.Outcome);
        Assert.Equal(reason, refusal.Reason);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("1e999")]
    public void A_value_that_no_point_can_have_is_read_as_none(string json)
    {
        Assert.True(PlainDownlink.TryRead(Bytes("""{"id":"x","write":{"a":""" + json + "}}"), out var command, out _));
        Assert.Equal(VariantKind.None, Assert.Single(command.Writes).Value.Kind);
    }

    [Fact]
    public void A_reply_names_each_point()
    {
        var reply = CommandReply.Of(
            "c1", [new NamedResult("a", CommandOutcome.Done), new NamedResult("b", CommandOutcome.Refused, "Out of range.")]);

        Assert.Equal(
            """{"outcome":"refused","id":"c1","results":{"a":{"outcome":"done"},"b":{"outcome":"refused","reason":"Out of range."}}}""",
            Encoding.UTF8.GetString(PlainDownlink.Write(reply).Span));
    }

    [Fact]
    public void Own_messages_are_told_from_commands()
    {
        Assert.True(PlainDownlink.IsOwnEcho("""{"seq":17,"epoch":"k3f7aq2d","timestamp":1,"values":{}}"""u8));
        Assert.True(PlainDownlink.IsOwnEcho(PlainDownlink.Write(CommandReply.Of("c1", CommandOutcome.Refused, "No.")).Span));
        Assert.False(PlainDownlink.IsOwnEcho("""{"id":"c1","write":{"outcome":1}}"""u8));
    }

    [Fact]
    public void No_bytes_make_it_throw() =>
        Gen.OneOf(Gen.Byte.Array[0, 200], Mutated).Sample(bytes =>
        {
            PlainDownlink.IsOwnEcho(bytes);
            bool read = PlainDownlink.TryRead(bytes, out var command, out var refusal);
            using var reply = JsonDocument.Parse(PlainDownlink.Write(refusal ?? CommandReply.Of(command!.Id, [])));
            return read == (command is not null) && read != (refusal is not null);
        });

    private static Gen<byte[]> Mutated =>
        Gen.Select(Gen.Int[0, 60], Gen.Byte, Gen.Int[0, 60]).Select((at, with, cut) =>
        {
            byte[] bytes = """{"id":"c1","expires":1700000000000,"write":{"a":"\u00e9","b":2}}"""u8.ToArray();
            bytes[at] = with;
            return at % 3 == 0 ? bytes[..cut] : bytes;
        });

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
