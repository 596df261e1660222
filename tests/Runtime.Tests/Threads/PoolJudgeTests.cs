namespace BridgeFramework.Runtime.Tests;

public sealed class PoolJudgeTests
{
    private const int Minimum = 4;
    private const int Maximum = 32767;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Deadly = TimeSpan.FromSeconds(60);

    private readonly PoolJudge _judge = new(Minimum, Maximum, Deadly);
    private TimeSpan _now;
    private int _minimum = Minimum;
    private int _maximum = Maximum;
    private int _threads = Minimum;

    [Fact]
    public void A_pool_that_works_is_left_alone()
    {
        var advice = Enumerable.Range(0, 10_000).Select(_ => Look(hasRun: true)).ToList();

        Assert.All(advice, each => Assert.Equal(default, each));
    }

    [Fact]
    public void A_wait_of_less_than_250_ms_changes_nothing()
    {
        Look(hasRun: true);
        var advice = Enumerable.Range(0, 4).Select(_ => Look(hasRun: false)).ToList();

        Assert.All(advice, each => Assert.Equal(default, each));
        Assert.Equal(default, Look(hasRun: true));
    }

    [Fact]
    public void While_work_waits_the_minimum_doubles_every_250_ms_and_ends_at_256()
    {
        Look(hasRun: true);
        List<(double Seconds, int Minimum)> steps = [];
        while (_now < TimeSpan.FromSeconds(10))
            if (Look(hasRun: false).Minimum is { } minimum) steps.Add((_now.TotalSeconds, minimum));

        Assert.Equal([8, 16, 32, 64, 128, 256], steps.Select(step => step.Minimum));
        Assert.Equal(1.5, steps[^1].Seconds, 0.11);
    }

    [Fact]
    public void A_step_goes_from_the_threads_that_the_pool_has_added_by_itself()
    {
        Look(hasRun: true);
        _threads = 40;

        var first = Until(advice => advice.Minimum is not null);

        Assert.Equal(80, first.Minimum);
    }

    [Fact]
    public void A_program_that_allows_fewer_threads_keeps_its_maximum()
    {
        var judge = new PoolJudge(Minimum, maximum: 6, Deadly);
        var at = TimeSpan.Zero;
        var least = Enumerable.Range(0, 100).Select(_ => judge.Look(new PoolLook(at += Tick, HasRun: false, Minimum, 6, Minimum))).Max(
            advice => advice.Minimum);

        Assert.Equal(6, least);
    }

    [Fact]
    public void It_is_said_once_that_work_waits_and_once_that_it_is_over()
    {
        Look(hasRun: true);
        Assert.Equal(PoolNews.Starves, Until(advice => advice.News != PoolNews.None).News);
        Assert.True(_judge.IsStarving);
        Assert.All(Enumerable.Range(0, 100).Select(_ => Look(hasRun: false)), advice => Assert.Equal(PoolNews.None, advice.News));

        Look(hasRun: true);
        var from = _now;
        Assert.Equal(PoolNews.Eased, Until(advice => advice.News != PoolNews.None, hasRun: true).News);
        Assert.Equal(10, (_now - from).TotalSeconds, 0.11);
        Assert.False(_judge.IsStarving);
    }

    [Fact]
    public void What_a_plugin_lowers_is_what_it_was_again()
    {
        Look(hasRun: true);
        (_minimum, _maximum) = (1, 8);

        var advice = Look(hasRun: true);
        Assert.Equal(new PoolAdvice(Minimum, Maximum, PoolNews.Lowered), advice);
        Assert.Equal(default, Look(hasRun: true));
    }

    [Fact]
    public void What_was_added_is_restored_too()
    {
        Look(hasRun: true);
        Until(advice => advice.Minimum == 64);
        _minimum = 1;

        Assert.Equal(64, Look(hasRun: true).Minimum);
    }

    [Fact]
    public void What_the_program_itself_raises_stays()
    {
        Look(hasRun: true);
        _minimum = 1000;

        Assert.DoesNotContain(Enumerable.Range(0, 100).Select(_ => Look(hasRun: false)), advice => advice.Minimum is not null);
    }

    [Fact]
    public void Nothing_that_runs_for_60_s_is_the_end_and_is_said_once()
    {
        Look(hasRun: true);
        Assert.Equal(PoolNews.Stuck, Until(advice => advice.News is PoolNews.Stuck).News);
        Assert.Equal(60, _now.TotalSeconds, 0.11);
        Assert.All(Enumerable.Range(0, 100).Select(_ => Look(hasRun: false)), advice => Assert.Equal(PoolNews.None, advice.News));
    }

    [Fact]
    public void Work_that_runs_now_and_then_is_no_end()
    {
        for (int i = 0; i < 100; i++)
        {
            var advice = Enumerable.Range(0, 1100).Select(_ => Look(hasRun: false)).ToList();
            Assert.DoesNotContain(advice, each => each.News == PoolNews.Stuck);
            Look(hasRun: true);
        }
    }

    [Fact]
    public void A_process_that_was_suspended_has_not_waited()
    {
        Look(hasRun: true);
        Look(hasRun: false);
        _now += TimeSpan.FromHours(1);

        Assert.Equal(default, Look(hasRun: false));
        Assert.True(_judge.Waited <= Tick + PoolJudge.LongestLook, $"It counts {_judge.Waited}.");
    }

    private PoolAdvice Until(Func<PoolAdvice, bool> wanted, bool hasRun = false)
    {
        for (int i = 0; i < 2000; i++)
            if (Look(hasRun) is var advice && wanted(advice)) return advice;
        throw new InvalidOperationException("That is not said.");
    }

    /// <summary>A look after 50 ms, and what it says is done.</summary>
    private PoolAdvice Look(bool hasRun)
    {
        var advice = _judge.Look(new PoolLook(_now += Tick, hasRun, _minimum, _maximum, _threads));
        (_minimum, _maximum) = (advice.Minimum ?? _minimum, advice.Maximum ?? _maximum);
        _threads = Math.Max(_threads, advice.Minimum ?? 0);
        return advice;
    }
}
