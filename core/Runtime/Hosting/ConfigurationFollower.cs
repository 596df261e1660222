using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Looks at the files of the configuration while the gateway runs: says how they stand towards what runs, and, where
/// <c>reload</c> is <c>watch</c>, applies them when they have changed.</summary>
#pragma warning disable CA1001 // Its semaphore has no handle.
internal sealed partial class ConfigurationFollower(
    GivenConfiguration given, Func<PlanInForce?> inForce, TimeProvider time, ILogger logger)
#pragma warning restore CA1001
{
    /// <summary>How often the files are looked at where they are watched. An editor that writes in several steps is done by the next
    /// look.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1);
    private PlanReview? _last; // the last look at files that are not in force
    private bool _wasTried; // to be applied

    /// <summary>Looks at the files, and reads them only where they have changed since the last look.</summary>
    public async Task<ConfigurationStatus> LookAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (inForce() is not { } plan || !plan.Current.Files.HaveChanged())
            {
                (_last, _wasTried) = (null, false);
                return new ConfigurationStatus { State = ConfigurationState.InForce };
            }

            if (_last is null || _last.Configuration.Files.HaveChanged())
                (_last, _wasTried) = (plan.Review(await given.ReadAsync(cancellationToken), mayRemoveMost: false), false);
            return ReviewWords.StatusOf(_last, _wasTried, plan.Current.Files.KeptAt);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Applies the files as they are now, and has the log say what came of it. Throws for no content of theirs.</summary>
    public async Task<PlanReview> ReloadAsync(PlanInForce plan, CancellationToken cancellationToken)
    {
        var review = await plan.ApplyAsync(await given.ReadAsync(cancellationToken), mayRemoveMost: false, cancellationToken);
        await NoteAsync(review, cancellationToken);
        if (review.IsApplied) LogApplied(logger, ReviewWords.Of(review));
        else LogRefused(logger, ReviewWords.Of(review));
        return review;
    }

    /// <summary>Notes what came of an order to apply.</summary>
    public async Task NoteAsync(PlanReview review, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        (_last, _wasTried) = review.IsApplied ? (null, false) : (review, true);
        _gate.Release();
    }

    /// <summary>Watches the files until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        string? settling = null;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                settling = await FollowAsync(settling, stopping);
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                // A program that hosts the gateway may read its configuration as it likes, and throw.
                LogNotFollowed(logger, exception.Message);
            }
        }
    }

    /// <param name="settling">The digest of files that were other ones at the last look; <see langword="null"/> for none.</param>
    /// <param name="stopping">Gives up.</param>
    /// <returns>The same of this look.</returns>
    private async Task<string?> FollowAsync(string? settling, CancellationToken stopping)
    {
        if (inForce() is not { Plan.Reload: ReloadPolicy.Watch } plan || !await HaveNewsAsync(plan, stopping)) return null;
        string digest = (await given.ReadAsync(stopping)).Files.Digest;
        if (string.Equals(digest, settling, StringComparison.Ordinal)) await ReloadAsync(plan, stopping);
        return digest;
    }

    /// <summary>Whether the files are other ones than those in force, and than those that were tried last.</summary>
    private async Task<bool> HaveNewsAsync(PlanInForce plan, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return plan.Current.Files.HaveChanged() && !(_wasTried && _last?.Configuration.Files.HaveChanged() == false);
        }
        finally
        {
            _gate.Release();
        }
    }

    [LoggerMessage(4452, LogLevel.Information, "The configuration files are in force. {What}")]
    private static partial void LogApplied(ILogger logger, string what);

    [LoggerMessage(4457, LogLevel.Error, "The configuration cannot be followed, and is looked at again: {Reason}")]
    private static partial void LogNotFollowed(ILogger logger, string reason);

    [LoggerMessage(4453, LogLevel.Error, "The configuration files are not applied, and nothing has changed. {Why}")]
    private static partial void LogRefused(ILogger logger, string why);
}
