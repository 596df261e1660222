using System.Globalization;

namespace BridgeFramework.Gateway.Tests;

/// <summary>Each kind of bad plugin in a gateway of its own: contained or not, what the operator reads, what a neighbour lost, each as the
/// document says.</summary>
public sealed class BadPluginTableTests
{
    private const int PollsPerSecond = 10;

    /// <summary>The machine may have other work.</summary>
    private const double LeastShare = 0.5;

    public static TheoryData<string, string> Behaviours =>
        [.. BadPluginCases.Tried.SelectMany(entry => entry.Value.Behaviours.Select(behaviour => (entry.Key, behaviour)))];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_row_of_the_document_is_tried_and_every_trial_is_a_row() => Assert.Equal(
        BadPluginTable.Rows.Keys.Order(StringComparer.Ordinal),
        BadPluginCases.Tried.Keys.Concat(BadPluginCases.Elsewhere.Keys).Order(StringComparer.Ordinal), StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Behaviours))]
    public async Task What_a_bad_plugin_does_is_what_the_document_says(string title, string behaviour)
    {
        var (row, trial) = (BadPluginTable.Rows[title], BadPluginCases.Tried[title]);
        await using var gateway = await BadPluginGateway.StartAsync(behaviour);
        if (trial.After == TimeSpan.Zero)
        {
            int code = await gateway.EndAsync();
            Assert.NotEqual(ExitCode.Success, code);
            Assert.False(row.IsContained);
        }
        else
        {
            await gateway.NeighbourServesAsync();
            long before = await gateway.NeighbourReportedAsync();
            long began = TimeProvider.System.GetTimestamp();
            await Task.Delay(trial.After, TimeProvider.System, Ct);
            long polls = await gateway.NeighbourReportedAsync() - before;
            double expected = TimeProvider.System.GetElapsedTime(began).TotalSeconds * PollsPerSecond;
            if (row.LosesNothing)
                Assert.True(
                    polls >= expected * LeastShare,
                    string.Create(CultureInfo.InvariantCulture, $"The neighbour has {polls} polls, expected {expected:0}."));
            Assert.True(row.LosesNothing || !row.IsContained);
        }

        string read = await gateway.ReadAsync();
        foreach (string quote in row.Quotes) Assert.Contains(quote, read, StringComparison.Ordinal);
        Assert.Empty(gateway.FilesOfOthers());
        if (trial.After > TimeSpan.Zero) Assert.Equal(ExitCode.Success, await gateway.StopAsync());
    }
}
