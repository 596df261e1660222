using System.Globalization;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub.Tests;

public sealed class HubClockTests : IDisposable
{
    private const string Asked = "$sys/operation/GWPROD0001/test01";
    private const string Told = "$sys/operation/result/GWPROD0001/test01";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iothub-clock");

    private string FloorFile => Path.Combine(_folder.FullName, "state", "clock");

    [Fact]
    public async Task The_hub_is_asked_before_the_session_says_it_is_online()
    {
        await using var bench = Bench();
        await bench.Session.SubscribeAsync("p/d/control", 1, TestContext.Current.CancellationToken);
        bench.Start();
        var held = new TaskCompletionSource();
        var link = (await bench.Transport.AttemptAsync()).Accept(
            l => l.BeforeSubscribe = topic => topic is Told ? Task.CompletedTask : held.Task);
        Assert.Equal(Told, await link.SubscribedAsync());
        var question = await link.PublishedAsync();
        Assert.Equal((Asked, 0, """{"type":"get","resource":["time"]}"""), (question.Topic, question.Qos, System.Text.Encoding.UTF8.GetString(question.Payload.Span)));
        Assert.Equal(HubSessionState.Connecting, bench.Session.Status.State);
        held.SetResult();
        await bench.StateAsync(HubSessionState.Online); // without an answer: only binds wait for that
    }

    [Fact]
    public async Task The_answer_sets_the_time_and_a_clock_that_is_far_off_is_told()
    {
        await using var bench = Bench();
        var link = await bench.OnlineAsync();
        await AnswerAsync(bench, link, TestTime.Noon.AddHours(1));
        Assert.Equal(TestTime.Noon.AddHours(1), bench.Session.Time.GetUtcNow());
        Assert.Contains(
            bench.Logger.Collector.GetSnapshot(), r => r.Id.Id == 2080 && r.Message.Contains("3600 s behind", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_came_on_an_earlier_connection_does_not_set_the_time()
    {
        await using var bench = Bench();
        var dead = await bench.OnlineAsync();
        await dead.PublishedAsync();
        dead.Close("cut");
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        var link = await bench.OnlineAsync();
        dead.Deliver(Told, Answer(TestTime.Noon.AddYears(1)));
        await AnswerAsync(bench, link, TestTime.Noon.AddMinutes(5));
        Assert.Equal(TestTime.Noon.AddMinutes(5), bench.Session.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_hub_that_tells_no_time_is_asked_again_and_harms_nothing()
    {
        await using var bench = Bench();
        var link = await bench.OnlineAsync();
        await link.PublishedAsync();
        link.Deliver(Told, "garbage");
        await bench.Time.ArmedAsync(HubClock.AnswerTime);
        bench.Time.Advance(HubClock.AnswerTime);
        await bench.Session.TimeSettledAsync(TestContext.Current.CancellationToken).OrFail("the end of waiting");
        await bench.Time.ArmedAsync(HubClock.Tick);
        bench.Time.Advance(HubClock.Tick);
        await AnswerAsync(bench, link, TestTime.Noon.AddHours(2));
        Assert.True(bench.Session.Status.IsOnline);
        Assert.DoesNotContain(bench.Logger.Collector.GetSnapshot(), r => r.Level >= LogLevel.Warning && r.Id.Id != 2080);
    }

    [Fact]
    public async Task A_hub_that_forbids_the_question_is_not_asked()
    {
        await using var bench = Bench();
        var link = await bench.OnlineAsync(l => l.Grants = _ => false);
        await bench.Session.TimeSettledAsync(TestContext.Current.CancellationToken).OrFail("the end of waiting");
        Assert.Equal(0, link.PublishedCount);
        Assert.Empty(bench.Session.Status.RefusedSubscriptions);
    }

    [Fact]
    public async Task The_last_known_time_outlives_the_process_and_is_the_floor_of_the_next()
    {
        var known = TestTime.Noon.AddYears(3);
        await using (var bench = Bench())
        {
            await AnswerAsync(bench, await bench.OnlineAsync(), known);
            Assert.Equal(known, Written());
            bench.Time.Advance(TimeSpan.FromMinutes(4));
            await bench.StopAsync();
        }

        Assert.Equal(known.AddMinutes(4), Written());
        await using var next = Bench(); // its clock is three years behind
        Assert.Equal((false, known.AddMinutes(4)), (next.Session.Time.IsTrusted, next.Session.Time.GetUtcNow()));
        next.Start();
        var attempt = await next.Transport.AttemptAsync();
        Assert.EndsWith(";2147483647", attempt.Request.Credentials.UserName, StringComparison.Ordinal);
        Assert.Equal(known.AddMinutes(4), attempt.Request.Now); // what the hub's certificate is judged by
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FloorFile));
        Assert.Equal([FloorFile], Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_time_is_written_every_ten_minutes_and_not_more_often()
    {
        await using var bench = Bench();
        var link = await bench.OnlineAsync();
        await AnswerAsync(bench, link, TestTime.Noon);
        for (int n = 0; n < 3; n++)
        {
            link.Close("cut");
            await bench.Time.ArmedAsync(due => due <= TimeSpan.FromSeconds(4), "the retry");
            bench.Time.Advance(TimeSpan.FromSeconds(4));
            link = await bench.OnlineAsync();
            await AnswerAsync(bench, link, TestTime.Noon.AddMinutes(1 + n));
        }

        Assert.Equal(TestTime.Noon, Written());
        bench.Time.Advance(HubClock.Tick);
        await WrittenAsync(TestTime.Noon.AddMinutes(13)).OrFail("writing the time");
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("9000-01-01T00:00:00.0000000+00:00")]
    public async Task A_spoilt_file_is_told_and_does_no_harm(string content)
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "state"));
        await File.WriteAllTextAsync(FloorFile, content, TestContext.Current.CancellationToken);
        await using var bench = Bench();
        Assert.True(bench.Session.Time.IsTrusted);
        Assert.Contains(
            bench.Logger.Collector.GetSnapshot(), r => r.Id.Id == 2085 && r.Message.Contains(FloorFile, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_told_in_whole_sentences()
    {
        Directory.CreateDirectory(FloorFile);
        await using var bench = Bench();
        string told = bench.Logger.Collector.GetSnapshot().Single(r => r.Id.Id == 2085).Message;
        Assert.Contains("expected. No time before", told, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    internal static string Answer(DateTimeOffset time)
    {
        long ms = time.ToUnixTimeMilliseconds();
        return $$"""{"type":"get","time":{{ms / 1000}},"ntptime1":{{ms}},"ntptime2":{{ms}}}""";
    }

    private static async Task AnswerAsync(SessionBench bench, ScriptedLink link, DateTimeOffset time)
    {
        Assert.Equal(Asked, (await link.PublishedAsync()).Topic);
        await bench.Time.ArmedAsync(HubClock.AnswerTime);
        link.Deliver(Told, Answer(time));
        await bench.Time.ArmedAsync(HubClock.Tick); // done with it
    }

    private SessionBench Bench() => new(o => o with { SynchronizeTime = true, ClockFloorFile = FloorFile });

    private DateTimeOffset Written() => DateTimeOffset.ParseExact(File.ReadAllText(FloorFile), "O", CultureInfo.InvariantCulture);

    private async Task WrittenAsync(DateTimeOffset time)
    {
        while (Written() != time) await Task.Yield();
    }
}
