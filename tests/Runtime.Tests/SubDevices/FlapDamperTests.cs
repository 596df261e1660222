namespace BridgeFramework.Runtime.Tests;

public sealed class FlapDamperTests
{
    [Theory]
    [InlineData("0:on", "on")]
    [InlineData("0:on 100:off", "off")]
    [InlineData("0:on 100:off 101:on 102:off", "off")]                       // three in a minute pass
    [InlineData("0:on 100:off 101:on 102:off 103:on", "on held")]            // the fourth: as it last was for a minute
    [InlineData("0:off 100:on 101:off 102:on 103:off 104:on", "off held")]
    [InlineData("0:on 1:off 2:on 3:off 4:on", "on held")]                    // the first word counts as stable until there is better
    [InlineData("0:on 100:off 130:on 159:off 160:on 190:off 220:on", "on")]  // three in any minute, for ever
    [InlineData("0:on 100:on 101:on 102:on 103:on 104:on", "on")]            // the same again is no change
    public void A_few_changes_a_minute_pass(string history, string expected) => Assert.Equal(expected, After(history, maxChanges: 3));

    [Fact]
    public void Without_a_limit_everything_passes() =>
        Assert.Equal("off", After("0:on 1:off 2:on 3:off 4:on 5:off 6:on 7:off", maxChanges: 0));

    [Fact]
    public void What_is_held_is_released_when_it_was_calm_for_a_minute_and_not_before()
    {
        var damper = new FlapDamper { MaxChanges = 1 };
        damper.Want(CloudGoal.Online, TimeSpan.Zero);
        damper.Want(CloudGoal.Offline, TimeSpan.FromSeconds(100));
        damper.Want(CloudGoal.Online, TimeSpan.FromSeconds(101));
        damper.Want(CloudGoal.Offline, TimeSpan.FromSeconds(120));
        Assert.Equal((true, CloudGoal.Online), (damper.IsHolding, damper.Goal));

        Assert.False(damper.TryRelease(TimeSpan.FromSeconds(179), out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        Assert.True(damper.TryRelease(TimeSpan.FromSeconds(180), out _));

        Assert.Equal((false, CloudGoal.Offline), (damper.IsHolding, damper.Goal));
    }

    private static string After(string history, int maxChanges)
    {
        var damper = new FlapDamper { MaxChanges = maxChanges };
        foreach (string step in history.Split(' '))
        {
            string[] parts = step.Split(':');
            damper.Want(parts[1] == "on" ? CloudGoal.Online
                : CloudGoal.Offline, TimeSpan.FromSeconds(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)));
        }

        return (damper.Goal == CloudGoal.Online ? "on" : "off") + (damper.IsHolding ? " held" : "");
    }
}
