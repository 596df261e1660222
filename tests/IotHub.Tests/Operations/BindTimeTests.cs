using BridgeFramework.Testing;

using static BridgeFramework.IotHub.Tests.OperationsBench;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A bind carries the time, and the gateway's clock may be wrong.</summary>
public sealed class BindTimeTests
{
    private const string Told = "$sys/operation/result/GWPROD0001/test01";
    private static readonly DeviceSecret Secret = new("EBESExQVFhcYGRobHB0eHw==");
    private static readonly DateTimeOffset HubNoon = TestTime.Noon.AddDays(400);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bind_waits_for_the_hubs_time_and_is_signed_with_it()
    {
        await using var bench = Bench();
        var link = await bench.Session.OnlineAsync();
        await QuestionAsync(link);
        var bind = bench.Operations.BindAsync(Meter, Secret, Ct);
        Assert.Equal(0, link.PublishedCount);
        link.Deliver(Told, HubClockTests.Answer(HubNoon));
        var request = await BindRequestAsync(link);
        Assert.Equal(HubNoon.ToUnixTimeSeconds(), request.GetProperty("timestamp").GetInt64());
        link.Deliver(Topic, Answer("bind", 0));
        await bind.OrFail("the bind");
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(805, 805)] // once is enough
    public async Task An_expired_signature_leads_to_the_hubs_time_and_one_more_attempt(int second, int? refused)
    {
        await using var bench = Bench();
        var link = await bench.Session.OnlineAsync();
        await QuestionAsync(link);
        link.Deliver(Told, HubClockTests.Answer(TestTime.Noon));
        var bind = bench.Operations.BindAsync(Meter, Secret, Ct);
        await BindRequestAsync(link);
        link.Deliver(Topic, Answer("bind", 805));
        await QuestionAsync(link);
        link.Deliver(Told, HubClockTests.Answer(HubNoon));
        Assert.Equal(HubNoon.ToUnixTimeSeconds(), (await BindRequestAsync(link)).GetProperty("timestamp").GetInt64());
        link.Deliver(Topic, Answer("bind", second));
        if (refused is { } code) Assert.Equal(code, (await Assert.ThrowsAsync<GatewayOperationException>(() => bind)).Code);
        else await bind.OrFail("the bind");
    }

    [Fact]
    public async Task Without_the_hubs_time_an_expired_signature_is_the_operators()
    {
        await using var bench = Bench();
        var link = await bench.Session.OnlineAsync();
        await QuestionAsync(link);
        await SilenceAsync(bench);
        var bind = bench.Operations.BindAsync(Meter, Secret, Ct);
        await BindRequestAsync(link);
        link.Deliver(Topic, Answer("bind", 805));
        await QuestionAsync(link);
        await SilenceAsync(bench);
        var refusal = await Assert.ThrowsAsync<GatewayOperationException>(() => bind).OrFail("the refusal");
        Assert.Equal((805, true), (refusal.Code, refusal.IsTransient));
        Assert.Contains("clock", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_ends_while_the_time_is_asked_ends_the_bind()
    {
        await using var bench = Bench();
        var link = await bench.Session.OnlineAsync();
        await QuestionAsync(link);
        var bind = bench.Operations.BindAsync(Meter, Secret, Ct);
        link.Close("cut");
        await Assert.ThrowsAsync<HubOfflineException>(() => bind).OrFail("the end of the bind");
    }

    /// <summary>A request waits longer than the question for the time: by its length a timer is known.</summary>
    private static OperationsBench Bench() => new(
        new GatewayOperationsOptions { AnswerTimeout = HubClock.AnswerTime + TimeSpan.FromSeconds(1) },
        o => o with { SynchronizeTime = true });

    private static async Task QuestionAsync(ScriptedLink link) =>
        Assert.Equal("$sys/operation/GWPROD0001/test01", (await link.PublishedAsync()).Topic);

    private static async Task SilenceAsync(OperationsBench bench)
    {
        await bench.Session.Time.ArmedAsync(HubClock.AnswerTime);
        bench.Session.Time.Advance(HubClock.AnswerTime);
    }
}
