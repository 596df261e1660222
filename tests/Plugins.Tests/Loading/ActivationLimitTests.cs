namespace BridgeFramework.Plugins.Tests;

public sealed class ActivationLimitTests
{
    private const string Step = "X.Configure";

    [Theory]
    [InlineData(0, null)]
    [InlineData(119.9, null)]
    [InlineData(119.9, 4.9)]
    [InlineData(119.9, 0.0)]
    public void Within_its_time_it_goes_on(double passed, double? computed) => Assert.Null(Judge(passed, computed));

    [Theory]
    [InlineData(120, 0.25, "X.Configure did not return within 120 s, of which its thread had 0.25 s of the processor",
        "see what else keeps this machine or its disk busy; if nothing does, the plugin waits for something there")]
    [InlineData(120, 3.0, "X.Configure did not return within 120 s", "do no I/O and no waiting there")]
    [InlineData(120, null, "X.Configure did not return within 120 s", "do no I/O and no waiting there")]
    public void After_that_it_is_refused_and_the_machine_is_blamed_where_it_has_hardly_computed(
        double passed, double? computed, string reason, string remedy)
    {
        var refusal = Judge(passed, computed);

        Assert.NotNull(refusal);
        Assert.Equal((reason, remedy, true), (refusal.Reason, refusal.Remedy, refusal.MayPass));
    }

    [Theory]
    [InlineData(5, 5.0)]
    [InlineData(119, 60.0)]
    public void One_that_computes_for_ever_is_refused_for_good_as_each_try_would_cost_a_processor(double passed, double computed)
    {
        var refusal = Judge(passed, computed);

        Assert.NotNull(refusal);
        Assert.Equal("X.Configure did not return within 5 s of processor time", refusal.Reason);
        Assert.Equal("do no work there but registering drivers. This build is not tried again by itself", refusal.Remedy);
        Assert.Equal((false, true), (refusal.MayPass, refusal.KeepsProcessor));
    }

    private static PluginRejectedException? Judge(double passed, double? computed) => ActivationLimit.Judge(
        Step, TimeSpan.FromSeconds(passed), computed is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
}
