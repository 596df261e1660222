using System.Numerics;

namespace BridgeFramework.Runtime.Tests;

/// <summary>The search for the plugin that the process dies of, over whole boxes.</summary>
public sealed class DeathSearchTests
{
    private const int Most = 64;
    private const int Plenty = 10_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_the_culprit_is_it_is_found_and_nobody_else(bool killsAtOnce)
    {
        foreach (int count in (int[])[.. Enumerable.Range(1, 17), 31, 32, 33, 47, 63, Most])
            for (int culprit = 0; culprit < count; culprit++)
            {
                var box = new SearchedBox(count, [culprit], killsAtOnce);

                box.Run(Plenty);

                Assert.Equal([culprit], box.Quarantined);
                Assert.Equal(Enumerable.Range(0, count).Where(i => i != culprit), box.Proven);
                Assert.True(box.Worst <= Allowed(count), $"{box.Worst} starts in a row died, {count} plugins, culprit {culprit}.");
                Assert.True(box.Starts <= 2 * (Allowed(count) + 1), $"{box.Starts} starts, {count} plugins, culprit {culprit}.");
            }
    }

    [Fact]
    public void Several_culprits_are_found_one_after_another_and_no_row_of_dead_starts_is_longer()
    {
        var random = new Random(16);
        for (int i = 0; i < 200; i++)
        {
            int count = random.Next(2, Most + 1);
            int[] culprits = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(count)).Distinct().Order()];
            var box = new SearchedBox(count, culprits, killAtOnce: random.Next(2) == 0);

            box.Run(Plenty);

            Assert.Equal(culprits, box.Quarantined);
            Assert.Equal(Enumerable.Range(0, count).Except(culprits), box.Proven);
            Assert.True(box.Worst <= Allowed(count), $"{box.Worst} starts in a row died, {count} plugins, {culprits.Length} culprits.");
        }
    }

    [Fact]
    public void A_kill_or_a_power_cut_at_any_step_loses_nothing_of_it()
    {
        var random = new Random(17);
        for (int i = 0; i < 200; i++)
        {
            int count = random.Next(1, 20);
            int culprit = random.Next(count);
            int killed = random.Next(5 * count);
            bool isPowerCut = random.Next(2) == 0;
            var box = new SearchedBox(count, [culprit], killAtOnce: random.Next(2) == 0)
            {
                IsKilledAt = step => step == killed,
                IsPowerCut = isPowerCut,
            };

            box.Run(Plenty);

            Assert.Equal([culprit], box.Quarantined);
            Assert.Equal(Enumerable.Range(0, count).Where(other => other != culprit), box.Proven);
        }
    }

    [Fact]
    public void Kills_from_outside_leave_nobody_out_for_ever()
    {
        var random = new Random(18);
        for (int i = 0; i < 200; i++)
        {
            int count = random.Next(1, Most + 1);
            int kills = random.Next(1, 200);
            var box = new SearchedBox(count, [], killAtOnce: false) { IsKilledAt = step => step < kills * 2 && random.Next(count) == 0 };

            box.Run(Plenty);

            Assert.Empty(box.Records.Search.Suspects);
        }
    }

    /// <summary>Most gateways have one plugin, and somebody kills them now and then.</summary>
    [Fact]
    public void The_only_plugin_is_left_out_at_the_second_death_in_a_row_and_not_at_the_first()
    {
        var version = new PluginVersion("1.0.0", new string('1', 64));
        var search = Die(DeathSearch.None);

        Assert.True(search.Admits(version.Digest));
        Assert.False(search.IsOn);
        Assert.True(Die(search.Begin(Lamps()).Ended()).Admits(version.Digest)); // an orderly end in between
        Assert.False(Die(search).Admits(version.Digest));
        Assert.Equal(2, Die(search).Find(version.Digest)?.Deaths);

        Suspect Lamps() => new("lamps", "lamps", version);
        DeathSearch Die(DeathSearch before) => before.Begin(Lamps()).Died(_ => false).Next;
    }

    [Fact]
    public void Another_version_of_one_that_is_left_out_is_admitted_and_takes_its_place()
    {
        Suspect lamps = Of("lamps", '1'), meters = Of("meters", '2');
        var search = DeathSearch.None.Begin(lamps).Begin(meters).Died(_ => false).Next;
        Assert.False(search.Admits(meters));
        Assert.False(search.Admits(Of("other", '4')));
        var corrected = Of("meters", '3');

        Assert.True(search.Admits(corrected));
        search = search.Begin(corrected);

        Assert.Null(search.Find(meters.Version.Digest));
        Assert.Equal("lamps meters", string.Join(" ", search.Suspects.Select(suspect => suspect.Id)));

        static Suspect Of(string id, char digest) => new(id, id, new PluginVersion("1.0.0", new string(digest, 64)));
    }

    [Fact]
    public void Power_cuts_leave_nobody_out()
    {
        var box = new SearchedBox(8, [], killAtOnce: false) { IsKilledAt = step => step is 5 or 12 or 17, IsPowerCut = true };

        box.Run(4);

        Assert.Equal(8, box.Proven.Count());
    }

    [Fact]
    public void A_death_without_the_one_that_was_found_takes_the_verdict_back()
    {
        var version = new PluginVersion("1.0.0", new string('1', 64));
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var records = PluginRecords.None.With(new PluginRecord("lamps", "lamps", version));
        records = Die(Die(Die(records)).With(DeathSearch.None.LeaveOut(new Suspect("lamps", "lamps", version, WasAlone: true))));
        Assert.NotNull(records.FindQuarantined(version.Digest));

        Assert.NotNull(NamelessDeath.After(records, at.AddDays(2)).FindQuarantined(version.Digest));
        Assert.Null(NamelessDeath.After(records, at.AddHours(1)).FindQuarantined(version.Digest));

        PluginRecords Die(PluginRecords before) =>
            NamelessDeath.After(before.With(before.Search.Begin(new Suspect("lamps", "lamps", version))), at);
    }

    [Fact]
    public void The_version_before_runs_in_the_place_of_one_that_is_left_out()
    {
        PluginVersion one = new("1.0.0", new string('1', 64)), two = new("2.0.0", new string('2', 64));
        var records = PluginRecords.None.With(new PluginRecord("lamps", "lamps", one)).WithProven(one)
            .With(new PluginRecord("lamps", "lamps", two, Previous: one));

        for (int deaths = 0; deaths < 2; deaths++)
            records = NamelessDeath.After(records.With(records.Search.Begin(new Suspect("lamps", "lamps", two))), default);

        Assert.Equal(one, records.Find("lamps")?.Current);
        Assert.False(records.Search.Admits(two.Digest));
    }

    [Fact]
    public void A_version_on_trial_is_blamed_at_once_where_it_is_the_only_plugin_that_is_not_proven()
    {
        PluginVersion one = new("1.0.0", new string('1', 64)), two = new("2.0.0", new string('2', 64));
        var other = new PluginVersion("1.0.0", new string('3', 64));
        var records = PluginRecords.None.With(new PluginRecord("lamps", "lamps", one, Trial: new PluginTrial(two, [])));
        var alone = records.With(records.Search.Begin(new Suspect("lamps", "lamps", two)));
        var beside = alone.With(alone.Search.Begin(new Suspect("other", "other", other)));

        Assert.NotNull(NamelessDeath.After(alone, default).FindQuarantined(two.Digest));
        var searched = NamelessDeath.After(beside, default);
        Assert.Empty(searched.Quarantine);
        Assert.False(searched.Search.Admits(two.Digest)); // the old version is at hand
        Assert.True(searched.Search.Admits(other.Digest));
    }

    /// <summary>How many starts in a row may die: the next one is healthy. One alone has a second chance.</summary>
    private static int Allowed(int count) => Math.Max(2, BitOperations.Log2((uint)count) + 1);
}
