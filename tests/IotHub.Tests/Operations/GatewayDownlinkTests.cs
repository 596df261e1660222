using System.Text;
using CsCheck;
using static BridgeFramework.IotHub.Tests.OperationsBench;

namespace BridgeFramework.IotHub.Tests;

/// <summary>How messages on the topic of operations are read, whatever they hold.</summary>
public sealed class GatewayDownlinkTests
{
    [Fact]
    public void No_bytes_make_the_reader_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes => GatewayDownlink.TryRead(bytes, out _, out _) || true);

    [Fact]
    public void No_mutation_of_a_real_message_makes_the_reader_throw()
    {
        byte[][] real =
        [
            Encoding.UTF8.GetBytes(Answer("online", -1)),
            """{"type":"change","payload":{"status":1,"devices":[{"product_id":"P","device_name":"D"}]}}"""u8.ToArray(),
            """{"type":"describe_sub_devices","payload":{"devices":[{"product_id":"P","device_name":"\ud800"}]}}"""u8.ToArray(),
            """{"type":"search_devices","payload":{"status":1}}"""u8.ToArray(),
        ];
        Gen.Select(Gen.Int[0, real.Length - 1], Gen.Int[0, 200], Gen.Byte, Gen.Int[0, 200]).Sample((which, at, value, cut) =>
        {
            byte[] bytes = [.. real[which]];
            bytes[at % bytes.Length] = value;
            GatewayDownlink.TryRead(bytes.AsMemory(0, Math.Max(1, bytes.Length - (cut % 20))), out _, out _);
        });
    }

    /// <summary>What the hub sends is not written into the log whole.</summary>
    [Fact]
    public void What_is_wrong_is_said_and_not_repeated()
    {
        Assert.False(GatewayDownlink.TryRead(Encoding.UTF8.GetBytes("{ " + new string('n', 100_000)), out _, out string? problem));

        Assert.Equal("not the JSON we know (at byte 3 of line 1)", problem);
    }

    [Fact]
    public void A_fault_has_a_bounded_message() => Assert.Equal(
        (600, 3),
        (new HubFault(HubFaultKind.Unreachable, new string('x', 5000), default).Message.Length,
            new HubFault(HubFaultKind.Unreachable, "xyz", default).Message.Length));

    [Fact]
    public void Deep_nesting_and_huge_arrays_are_survived()
    {
        Assert.False(GatewayDownlink.TryRead(Encoding.UTF8.GetBytes(new string('[', 100_000)), out _, out _));
        string entries = string.Join(',', Enumerable.Repeat("{}", 200_000));
        Assert.True(GatewayDownlink.TryRead(Encoding.UTF8.GetBytes($$$"""{"type":"online","payload":{"devices":[{{{entries}}}]}}"""), out var answer, out _));
        Assert.Equal(200_000, Assert.IsType<GatewayDownlink.Answer>(answer).Unreadable);
    }

    [Theory]
    [InlineData("""{"type":"online","type":"offline","payload":{"devices":[]}}""", "'type'")]
    [InlineData("""{"type":"unbind_all","payload":{},"payload":{}}""", "'payload'")]
    [InlineData("""{"type":"search_devices","payload":{"status":0,"status":1}}""", "'status'")]
    [InlineData("""{"type":"describe_sub_devices","payload":{"devices":[{}],"devices":[]}}""", "'devices'")]
    public void A_message_with_a_doubled_member_is_not_understood_and_names_it(string text, string name)
    {
        Assert.False(GatewayDownlink.TryRead(Encoding.UTF8.GetBytes(text), out _, out string? problem));
        Assert.Equal($"{name} is there twice", problem);
    }

    [Fact]
    public void An_entry_with_two_results_is_unreadable_and_the_others_count()
    {
        string text = """
            {"type":"online","payload":{"devices":[{"product_id":"SUBPROD001","device_name":"a","result":0,"result":801},
            {"product_id":"SUBPROD001","device_name":"b","result":0}]}}
            """;

        Assert.True(GatewayDownlink.TryRead(Encoding.UTF8.GetBytes(text), out var downlink, out _));
        var answer = Assert.IsType<GatewayDownlink.Answer>(downlink);
        Assert.Equal(("SUBPROD001/b", 1), (Assert.Single(answer.Results).Device.ToString(), answer.Unreadable));
    }
}
