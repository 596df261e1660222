using System.Text;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class UplinkReaderTests
{
    private const string Compact =
        """{"seq":17,"epoch":"k3f7aq2d","backfill":true,"base":1700000000000,"points":["voltage","energy"],"sets":[[0,[0,1],230.1,1100],[1000,230.2,{"bad":"timeout"}],[-1500,[1],1101]]}""";

    [Fact]
    public void Plain_samples_are_numbered_from_seq_on_and_a_mixture_has_no_known_order()
    {
        var message = Read("""{"seq":17,"epoch":"k3f7aq2d","timestamp":1700000000000,"values":{"voltage":230.10,"relay":true,"serial":"A-\u00e9"},"bad":{"energy":"timeout"}}""");
        Assert.Equal(
            (17, "k3f7aq2d", UplinkLaneKind.Live, UplinkForm.Plain, true),
            (message.Sequence, message.Epoch, message.Lane, message.Form, message.IsOrderUnknown));
        Assert.Equal(
            [
                new("voltage", 1700000000000, true, "230.10"), new("relay", 1700000000000, true, "true"),
                new("serial", 1700000000000, true, "\"A-é\""), new UplinkSample("energy", 1700000000000, false, "timeout"),
            ],
            message.Samples);
        Assert.False(Read("""{"seq":1,"epoch":"k3f7aq2d","timestamp":5,"values":{},"bad":{"a":"refused","b":"refused"}}""").IsOrderUnknown);
        Assert.False(Read("""{"seq":1,"epoch":"k3f7aq2d","timestamp":5,"values":{"a":1,"b":2}}""").IsOrderUnknown);
    }

    [Fact]
    public void Compact_sets_keep_the_columns_before_them_and_offsets_may_be_negative()
    {
        var message = Read(Compact);
        Assert.Equal(
            (17, "k3f7aq2d", UplinkLaneKind.Backfill, UplinkForm.Compact, false),
            (message.Sequence, message.Epoch, message.Lane, message.Form, message.IsOrderUnknown));
        Assert.Equal(
            [
                new("voltage", 1700000000000, true, "230.1"), new("energy", 1700000000000, true, "1100"),
                new("voltage", 1700000001000, true, "230.2"), new("energy", 1700000001000, false, "timeout"),
                new UplinkSample("energy", 1699999998500, true, "1101"),
            ],
            message.Samples);
    }

    [Fact]
    public void An_event_is_one_sample()
    {
        var message = Read("""{"seq":20,"epoch":"k3f7aq2d","backfill":true,"timestamp":7,"event":"doorOpened","level":"info","data":{"by":"key","at":[1]}}""");
        Assert.Equal(
            (20, "k3f7aq2d", UplinkLaneKind.Backfill, UplinkForm.Event), (message.Sequence, message.Epoch, message.Lane, message.Form));
        Assert.Equal(new UplinkSample("doorOpened", 7, true, """info {"by":"key","at":[1]}"""), Assert.Single(message.Samples));
    }

    [Fact]
    public void Each_letter_and_the_digits_2_to_7_may_stand_in_an_epoch()
    {
        foreach (string epoch in new[] { "abcdefgh", "ijklmnop", "qrstuvwx", "yz234567" })
            Assert.Equal(epoch, Read($$$"""{"seq":1,"epoch":"{{{epoch}}}","timestamp":5,"values":{"a":1}}""").Epoch);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("hello", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("[1]", "no object")]
    [InlineData("7", "no object")]
    [InlineData("{}", "'seq' is missing")]
    [InlineData("""{"seq":0,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1}}""", "not 1 to 2^53")]
    [InlineData("""{"seq":-5,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1}}""", "not 1 to 2^53")]
    [InlineData("""{"seq":1.5,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1}}""", "no integer")]
    [InlineData("""{"seq":1e300,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1}}""", "no integer")]
    [InlineData("""{"seq":9223372036854775807,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1}}""", "no integer")]
    [InlineData("""{"seq":"1","epoch":"k3f7aq2d","timestamp":1,"values":{"a":1}}""", "no integer")]
    [InlineData("""{"seq":1,"timestamp":1,"values":{"a":1}}""", "'epoch' is missing")]
    [InlineData("""{"seq":1,"base":1,"points":["a"],"sets":[[0,[0],1]]}""", "'epoch' is missing")]
    [InlineData("""{"seq":1,"timestamp":1,"event":"x","level":"info","data":{}}""", "'epoch' is missing")]
    [InlineData("""{"seq":1,"epoch":7,"timestamp":1,"values":{"a":1}}""", "'epoch' holds something that is no text")]
    [InlineData("""{"seq":1,"epoch":"","timestamp":1,"values":{"a":1}}""", "'epoch' is '', not 8 characters")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2","timestamp":1,"values":{"a":1}}""", "'epoch' is 'k3f7aq2', not 8 characters")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2dd","timestamp":1,"values":{"a":1}}""", "'epoch' is 'k3f7aq2dd', not 8 characters")]
    [InlineData("""{"seq":1,"epoch":"K3F7AQ2D","timestamp":1,"values":{"a":1}}""", "'epoch' is 'K3F7AQ2D', not 8 characters")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq1d","timestamp":1,"values":{"a":1}}""", "'epoch' is 'k3f7aq1d', not 8 characters")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq8d","timestamp":1,"values":{"a":1}}""", "'epoch' is 'k3f7aq8d', not 8 characters")]
    [InlineData("""{"seq":1,"epoch":"k3f7-q2d","timestamp":1,"values":{"a":1}}""", "'epoch' is 'k3f7-q2d', not 8 characters")]
    [InlineData("""{"seq":1,"seq":2,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1}}""", "there twice")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1,"a":1}}""", "there twice")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1},"bad":{"a":"timeout"}}""", "there twice")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{}}""", "no sample")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1}""", "'values' is missing")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":null}}""", "neither number")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":{}}}""", "neither number")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":[1]}""", "no object")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1},"bad":{"b":3}}""", "no text")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":1},"more":1}""", "'more' is not known")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","backfill":false,"timestamp":1,"values":{"a":1}}""", "true or absent")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{"a":"\ud800"}}""", "not Unicode")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"values":{"\ud800":1}}""", "not Unicode")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"event":"x","level":"info","data":7}""", "no object")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","timestamp":1,"event":"x","data":{}}""", "'level' is missing")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[]}""", "no sample")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[[]]}""", "no offset")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[[0,5]]}""", "no columns")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[[0,[0]]]}""", "0 values for 1 columns")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[[0,[0],1],[0,1,2]]}""", "2 values for 1 columns")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[[0,[1],1]]}""", "none of the 1 points")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[[0,[-1],1]]}""", "none of the 1 points")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a","b"],"sets":[[0,[0,0],1,1]]}""", "there twice in one set")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a","a"],"sets":[[0,[0],1]]}""", "there twice")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[[0,[0],{"bad":"x","b":1}]]}""", "not one with the one member 'bad'")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[[0,[0],{}]]}""", "not one with the one member 'bad'")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[["0",[0],1]]}""", "no integer")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":"a","sets":[[0,[0],1]]}""", "no array")]
    [InlineData("""{"seq":1,"epoch":"k3f7aq2d","base":1,"points":["a"],"sets":[[0,[0],1]],"timestamp":1}""", "'timestamp' is not known")]
    public void What_is_no_message_of_this_form_is_told_apart_with_the_reason(string payload, string reason)
    {
        Assert.Null(UplinkReader.TryRead(Encoding.UTF8.GetBytes(payload), out string fault));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_text_too_long_or_too_deep_is_no_message()
    {
        Assert.Null(UplinkReader.TryRead(new byte[] { 0xFF, 0xFE }, out string fault));
        Assert.Contains("UTF-8", fault, StringComparison.Ordinal);
        Assert.Null(UplinkReader.TryRead(new byte[1_000_000], out fault));
        Assert.Contains("1000000 bytes", fault, StringComparison.Ordinal);
        Assert.Null(UplinkReader.TryRead(Encoding.UTF8.GetBytes(new string('[', 60_000)), out _));
    }

    [Fact]
    public void No_change_of_bytes_makes_it_throw()
    {
        byte[][] seeds =
        [
            Encoding.UTF8.GetBytes(Compact),
            """{"seq":17,"epoch":"k3f7aq2d","timestamp":17000,"values":{"voltage":230.1,"text":"a\u00e9"},"bad":{"energy":"timeout"}}"""u8.ToArray(),
            """{"seq":20,"epoch":"k3f7aq2d","timestamp":1700,"event":"doorOpened","level":"info","data":{"by":"key"}}"""u8.ToArray(),
        ];
        var random = new Random(20260101);
        const string Splices = "{}[]\",:0-1.5e9\\udnultrefs";
        for (int i = 0; i < 30_000; i++)
        {
            byte[] bytes = [.. seeds[random.Next(seeds.Length)]];
            for (int change = random.Next(1, 5); change > 0; change--)
                bytes[random.Next(bytes.Length)] = random.Next(4) == 0 ? (byte)random.Next(256)
                    : (byte)Splices[random.Next(Splices.Length)];
            int length = random.Next(5) == 0 ? random.Next(bytes.Length) : bytes.Length;
            var message = UplinkReader.TryRead(bytes.AsMemory(0, length), out string fault);
            Assert.Equal(message is null, fault.Length > 0);
            Assert.True(message is null || message.Samples.Count is > 0 && message.Samples.Count < length);
        }
    }

    private static UplinkMessage Read(string payload)
    {
        var message = UplinkReader.TryRead(Encoding.UTF8.GetBytes(payload), out string fault);
        Assert.Equal("", fault);
        Assert.NotNull(message);
        return message;
    }
}
