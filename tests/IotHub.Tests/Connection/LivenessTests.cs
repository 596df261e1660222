namespace BridgeFramework.IotHub.Tests;

public sealed class LivenessTests
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(15);
    private readonly TestTime _time = new();
    private readonly Liveness _liveness;

    public LivenessTests() => _liveness = new Liveness(KeepAlive, AnswerTime, _time);

    [Fact]
    public void A_quiet_link_is_asked_after_half_a_keep_alive()
    {
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(LinkVerdict.Alive, _liveness.Judge());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LinkVerdict.AskNow, _liveness.Judge());
    }

    [Fact]
    public void An_open_question_and_silence_for_the_answer_time_mean_dead()
    {
        _liveness.Asked();
        _time.Advance(AnswerTime - TimeSpan.FromSeconds(1));
        Assert.Equal(LinkVerdict.Alive, _liveness.Judge());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LinkVerdict.Dead, _liveness.Judge());
    }

    [Fact]
    public void Asking_again_does_not_buy_time()
    {
        for (int i = 0; i < 15; i++)
        {
            _liveness.Asked();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(LinkVerdict.Dead, _liveness.Judge());
    }

    [Fact]
    public void A_backlog_that_keeps_coming_buys_time_but_not_for_ever()
    {
        _liveness.Asked();
        for (int second = 0; second < 60; second++)
        {
            Assert.Equal(LinkVerdict.Alive, _liveness.Judge());
            _time.Advance(TimeSpan.FromSeconds(1));
            _liveness.Heard();
        }

        Assert.Equal(LinkVerdict.Dead, _liveness.Judge());
    }

    [Fact]
    public void An_answer_makes_it_alive_again()
    {
        _liveness.Asked();
        _time.Advance(TimeSpan.FromSeconds(14));
        _liveness.Answered();
        _time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(LinkVerdict.Alive, _liveness.Judge());
    }
}
