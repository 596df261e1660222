namespace BridgeFramework.Plugins.Tests;

public sealed class SettleClockTests
{
    private readonly SettleClock _clock = new();

    [Fact]
    public void What_comes_at_once_is_told_after_a_moment_and_once_more_when_nothing_else_will_come()
    {
        Assert.Equal("", See(0, "a:1"));
        Assert.Equal("", See(SettleClock.Quiet - 1, "a:1"));
        Assert.Equal("a Settled", See(SettleClock.Quiet, "a:1"));
        Assert.Equal("", See(SettleClock.Quiet + 1, "a:1"));
        Assert.Equal("a Final", See(SettleClock.Patience, "a:1"));
        Assert.Equal("", See(SettleClock.Patience * 10, "a:1"));
        Assert.False(_clock.IsWaiting);
    }

    [Fact]
    public void What_is_dealt_with_is_not_told_again_until_it_changes()
    {
        See(0, "a:1");
        Assert.Equal("a Settled", See(1000, "a:1"));
        _clock.Done("a");
        Assert.Equal("", See(SettleClock.Patience, "a:1"));
        Assert.Equal("", See(20_000, "a:2"));
        Assert.Equal("a Settled", See(21_000, "a:2"));
    }

    [Fact]
    public void A_slow_copy_is_told_only_when_it_pauses_and_is_final_only_when_it_rests()
    {
        for (int i = 0; i < 50; i++) Assert.Equal("", See(i * 900, $"a:{i}"));
        Assert.Equal("a Settled", See((49 * 900) + 1000, "a:49"));
        Assert.Equal("", See(50_000, "a:50"));
        Assert.Equal("a Settled", See(51_000, "a:50"));
        Assert.Equal("a Final", See(60_000, "a:50"));
    }

    [Fact]
    public void What_goes_and_comes_back_in_time_was_not_gone()
    {
        See(0, "a:1");
        See(1000, "a:1");
        Assert.Equal("", See(2000, ""));
        Assert.True(_clock.IsWaiting);
        Assert.Equal("", See(2000 + SettleClock.Absence - 1, ""));
        Assert.Equal("", See(2000 + SettleClock.Absence, "a:2"));
        Assert.Equal("a Settled", See(9000, "a:2"));
        Assert.Equal("", See(9500, ""));
        Assert.Equal("a Gone", See(9500 + SettleClock.Absence, ""));
        Assert.Equal("", See(20_000, ""));
    }

    [Fact]
    public void Entries_do_not_disturb_each_other_and_one_can_be_told_of_again()
    {
        See(0, "a:1");
        See(500, "a:1 b:1");
        Assert.Equal("a Settled", See(1000, "a:1 b:1"));
        Assert.Equal("b Settled", See(1500, "a:1 b:1"));
        _clock.Done("a");
        _clock.Done("b");
        _clock.Again("a");
        Assert.Equal("", See(2000, "a:1 b:1"));
        Assert.Equal("a Settled", See(3000, "a:1 b:1"));
    }

    [Fact]
    public void What_was_taken_in_and_went_before_it_was_seen_is_gone_all_the_same()
    {
        _clock.Expect("a");
        Assert.Equal("", See(1000, ""));
        Assert.Equal("a Gone", See(1000 + SettleClock.Absence, ""));
    }

    [Fact]
    public void What_was_taken_in_before_it_was_seen_is_told_as_any_other_and_only_once()
    {
        See(0, "a:1");
        _clock.Expect("a");
        _clock.Expect("b");
        Assert.Equal("a Settled", See(1000, "a:1 b:1"));
        Assert.Equal("b Settled", See(2000, "a:1 b:1"));
    }

    private string See(long now, string entries) => string.Join(", ", _clock.Observe(
        entries.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(':'))
            .ToDictionary(entry => entry[0], entry =>
                new DropSignature(1, long.Parse(entry[1], System.Globalization.CultureInfo.InvariantCulture), 0), StringComparer.Ordinal),
        now).Select(change => $"{change.Name} {change.Kind}"));
}
