namespace BridgeFramework.IotHub.Tests;

public sealed class DisplacementSignTests
{
    private static readonly TimeSpan AlmostShort = DisplacementSign.Short - TimeSpan.FromMilliseconds(1);
    private readonly DisplacementSign _sign = new();
    private TimeSpan _now;

    [Fact]
    public void Four_that_stood_less_than_five_seconds_within_two_minutes_are_somebody_else_and_three_are_not()
    {
        Assert.Equal([false, false, false], End(3, AlmostShort, TimeSpan.FromSeconds(40)));
        Assert.Equal([true], End(1, AlmostShort, TimeSpan.FromSeconds(40))); // 120 s after the first
    }

    [Fact]
    public void Four_in_more_than_two_minutes_are_not() =>
        Assert.DoesNotContain(true, End(20, TimeSpan.Zero, TimeSpan.FromSeconds(40.001)));

    [Fact]
    public void Five_seconds_are_not_short() => Assert.DoesNotContain(true, End(100, DisplacementSign.Short, TimeSpan.FromSeconds(1)));

    [Fact]
    public void Longer_ones_between_neither_count_nor_excuse()
    {
        for (int n = 0; n < 3; n++)
        {
            Assert.Equal([false], End(1, AlmostShort, TimeSpan.FromSeconds(10)));
            Assert.Equal([false], End(1, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20)));
        }

        Assert.Equal([true], End(1, AlmostShort, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void While_it_goes_on_at_the_pace_of_the_cap_it_stays_so_until_one_stands()
    {
        End(4, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(false, End(10, TimeSpan.Zero, TimeSpan.FromSeconds(60)));

        Assert.Equal([false], End(1, DisplacementSign.Short, TimeSpan.FromSeconds(60)));
        Assert.Equal([false], End(1, TimeSpan.Zero, TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_failed_attempt_or_an_end_in_silence_begins_the_count_anew(bool attemptFails)
    {
        End(4, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        if (attemptFails) _sign.NotConnected();
        else Assert.False(_sign.Ended(byHub: false, TimeSpan.Zero, _now));

        Assert.Equal([false, false, false, true], End(4, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
    }

    private List<bool> End(int count, TimeSpan stood, TimeSpan apart)
    {
        var verdicts = new List<bool>();
        for (int n = 0; n < count; n++)
        {
            verdicts.Add(_sign.Ended(byHub: true, stood, _now));
            _now += apart;
        }

        return verdicts;
    }
}
