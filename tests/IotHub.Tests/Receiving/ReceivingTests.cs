using System.Threading.Channels;
using CsCheck;

namespace BridgeFramework.IotHub.Tests;

public sealed class ReceivingTests
{
    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/c", false)]
    [InlineData("a/b", "a/b/c", false)]
    [InlineData("a/b/c", "a/b", false)]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/+/c", "a//c", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("+", "a", true)]
    [InlineData("+/+", "/a", true)]
    [InlineData("+", "/a", false)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("#", "a/b", true)]
    [InlineData("#", "$sys/x", false)]
    [InlineData("+/x", "$sys/x", false)]
    [InlineData("$rrpc/rxd/p/d/+", "$rrpc/rxd/p/d/17", true)]
    public void A_filter_matches_as_the_specification_says(string filter, string topic, bool matches) =>
        Assert.Equal(matches, TopicFilter.Matches(filter, topic));

    [Theory]
    [InlineData("")]
    [InlineData("a/b+")]
    [InlineData("a/#/b")]
    [InlineData("a#")]
    public void What_is_no_filter_is_refused(string filter) => Assert.ThrowsAny<ArgumentException>(() => TopicFilter.Validate(filter));

    [Fact]
    public void Matching_never_throws() => Gen.Select(Gen.String["ab/+#$"], Gen.String["ab/+#$"]).Sample((filter, topic) =>
    {
        TopicFilter.Matches(filter, topic);
    });

    [Fact]
    public async Task A_slow_reader_loses_the_oldest_and_harms_nobody_else()
    {
        await using var bench = new SessionBench();
        using var slow = bench.Session.OpenInbox("p/+/control", capacity: 2);
        using var other = bench.Session.OpenInbox("p/d/control");
        var link = await bench.OnlineAsync();
        for (int n = 0; n < 5; n++) link.Deliver("p/d/control", $"{n}");
        Assert.Equal(3, slow.Dropped);
        Assert.Equal((byte)'3', (await slow.Messages.ReadAsync(TestContext.Current.CancellationToken)).Payload.Span[0]);
        Assert.Equal(5, other.Messages.Count);
        Assert.Contains(bench.Logger.Collector.GetSnapshot(), record => record.Id.Id == 2040);
    }

    [Fact]
    public async Task A_message_says_on_which_connection_it_came()
    {
        await using var bench = new SessionBench();
        using var inbox = bench.Session.OpenInbox("p/d/control");
        var link = await bench.OnlineAsync();
        link.Deliver("p/d/control", "x");
        var message = await inbox.Messages.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, message.Attempt);
        Assert.Equal(TestTime.Noon, message.ReceivedAt);
    }

    [Fact]
    public async Task A_message_larger_than_the_bound_is_dropped()
    {
        await using var bench = new SessionBench(o => o with { MaxInboundPayload = 1024 });
        using var inbox = bench.Session.OpenInbox("p/d/control");
        var link = await bench.OnlineAsync();
        link.Deliver("p/d/control", new byte[1025]);
        Assert.Equal(0, inbox.Messages.Count);
    }

    [Fact]
    public async Task Disposing_an_inbox_ends_its_reader()
    {
        await using var bench = new SessionBench();
        ChannelReader<HubMessage> messages;
        using (var inbox = bench.Session.OpenInbox("p/d/control")) messages = inbox.Messages;
        Assert.False(await messages.WaitToReadAsync(TestContext.Current.CancellationToken));
    }
}
