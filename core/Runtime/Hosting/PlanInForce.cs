using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The configuration that a gateway runs, and how another one takes its place: read, checked, compared, and only then applied;
/// as a whole or not at all.</summary>
internal sealed partial class PlanInForce(
    ConfigurationResult first, GatewayHostOptions options, PluginHost plugins, BridgeGateway gateway, ILogger logger)
{
    private volatile ConfigurationResult _current = first;

    /// <summary>What runs. It is valid.</summary>
    public ConfigurationResult Current => _current;

    /// <summary>Its plan.</summary>
    public GatewayPlan Plan => _current.Plan!; // only one with a plan is ever in force

    /// <summary>Called with what is in force from now on.</summary>
    public required Func<ConfigurationResult, Task> Applied { get; init; }

    /// <summary>Called where a plan has come to be in force by half, through a bug: the gateway is to end.</summary>
    public required Action<Exception> Failed { get; init; }

    /// <summary>Holds a configuration against what runs.</summary>
    /// <param name="read">The configuration.</param>
    /// <param name="mayRemoveMost">Whether somebody has confirmed that most sub-devices go.</param>
    public PlanReview Review(ConfigurationResult read, bool mayRemoveMost)
    {
        var checkedOne = read.IsValid
            ? DriverSettingsValidation.Validate(read, plugins.Drivers, expected: plugins.DriversOnTheWay)
            : read;
        if (checkedOne.Plan is not { } next)
            return new PlanReview { Configuration = checkedOne, Refusal = PlanRefusal.Invalid };
        var diff = PlanDiff.Between(Plan, next);
        return new PlanReview
        {
            Configuration = checkedOne,
            Diff = diff,
            Refusal = diff.NeedsRestart.Count > 0 ? PlanRefusal.NeedsRestart
                : diff.RemovesMost && !mayRemoveMost ? PlanRefusal.RemovesMost
                : PlanRefusal.None,
            Restarted = gateway.FindRestarts(next, diff),
        };
    }

    /// <summary>Applies a configuration, unless something is against it. Plugins stand still meanwhile.</summary>
    /// <param name="read">The configuration.</param>
    /// <param name="mayRemoveMost">Whether somebody has confirmed that most sub-devices go.</param>
    /// <param name="cancellationToken">Gives up waiting; it is applied all the same.</param>
    public Task<PlanReview> ApplyAsync(ConfigurationResult read, bool mayRemoveMost, CancellationToken cancellationToken) =>
        plugins.MeanwhileAsync(stopping => ApplyNowAsync(read, mayRemoveMost, stopping), cancellationToken);

    private async Task<PlanReview> ApplyNowAsync(ConfigurationResult read, bool mayRemoveMost, CancellationToken stopping)
    {
        var review = Review(read, mayRemoveMost);
        if (review is not { Diff: { } diff, Refusal: PlanRefusal.None }) return review;
        var next = review.Configuration.Plan!; // there is a diff, so it is valid
        if (!diff.IsEmpty)
        {
            review = review with { Restarted = await ChangeAsync(next, diff, stopping) };
            LogApplied(
                logger,
                diff.SubDevices.Count(device => device.Change == PlanChange.Added),
                diff.SubDevices.Count(device => device.Change == PlanChange.Changed),
                diff.SubDevices.Count(device => device.Change == PlanChange.Removed),
                review.Restarted.Count == 0 ? "none" : string.Join(", ", review.Restarted));
        }

        _current = review.Configuration;
        await Applied(_current);
        return review with { IsApplied = true };
    }

    private async Task<IReadOnlyList<string>> ChangeAsync(GatewayPlan next, PlanDiff diff, CancellationToken stopping)
    {
        await gateway.ApplyHubAsync(next, options.Hub(HubAccess.OptionsOf(next))); // first: it may refuse
        try
        {
            return await gateway.ApplyAsync(next, diff, stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            // A bug of ours, and nobody knows how far it came. What was written down and the files say how to go on, after a restart.
            Failed(exception);
            throw;
        }
    }

    [LoggerMessage(4451, LogLevel.Information, "Another configuration is in force: sub-devices added {Added}, changed {Changed}, removed "
        + "{Removed}; channels started anew: {Channels}")]
    private static partial void LogApplied(ILogger logger, int added, int changed, int removed, string channels);
}
