using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The stages in which a gateway starts, and what each of them has made.</summary>
internal sealed partial class GatewayStages(GatewayHost host, GatewayHostOptions options, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<GatewayHost>();
    private readonly List<Task> _running = [];
    private ConfigurationResult? _read;

    /// <summary>Reads the configuration.</summary>
    public GivenConfiguration Reading { get; } = new(options);

    /// <summary>Looks at its files while the gateway runs.</summary>
    public ConfigurationFollower Follower
    {
        get
        {
            lock (_running) return field ??= new ConfigurationFollower(Reading, () => InForce, options.Time, _logger);
        }
    }

    /// <summary>What runs, or is to run, once it was read.</summary>
    public ConfigurationResult? Configuration => InForce?.Current ?? _read;

    /// <summary>What runs, once the gateway is put together, and how another plan takes its place.</summary>
    public PlanInForce? InForce { get; private set; }

    // Each of these is disposed by the stage that makes it.
#pragma warning disable IDISP008, IDISP006
    /// <summary>What keeps the thread pool able to work, once it is there.</summary>
    public PoolGuard? Pool { get; private set; }

    /// <summary>The plugins, once they are loaded.</summary>
    public PluginHost? Plugins { get; private set; }

    /// <summary>The gateway, once it is put together.</summary>
    public BridgeGateway? Gateway { get; private set; }
#pragma warning restore IDISP008, IDISP006

    /// <summary>How the gateway reaches its hub, once that is known.</summary>
    public HubSessionOptions? Hub { get; private set; }

    /// <summary>What runs, once all does. Whatever of it ends first ended by itself.</summary>
    public IReadOnlyList<Task> Running => _running;

    private GatewayPlan Plan => Configuration?.Plan ?? throw new InvalidOperationException("The configuration has not been read.");

    /// <summary>From the first to the last; stopped in the opposite order.</summary>
    public IReadOnlyList<Stage> InOrder =>
    [
        new("configuration", ReadAsync),
        // Whoever runs on this folder already owns the plugins' private copies in it.
        new("data folder", _ => Task.FromResult<IAsyncDisposable>(Claim())),
        // Before any code of a plugin runs.
        new("thread pool", _ => Task.FromResult<IAsyncDisposable>(Watch())),
        new("plugins", LoadAsync),
        new("gateway", ComposeAsync),
        new("drivers", _ => Task.FromResult<IAsyncDisposable>(Attach())),
        new("companion", StartCompanionAsync),
        new("hub", _ => Task.FromResult<IAsyncDisposable>(Run(Gateway!.HubParts))), // put together by an earlier stage
        // Later, so that it stops first: what drivers still report while they end can be sent.
        new("channels", _ => Task.FromResult<IAsyncDisposable>(Run(Gateway!.FieldParts))), // likewise
        new("plugin folder", _ => Task.FromResult<IAsyncDisposable>(Run([Plugins!.RunAsync]))), // loaded by an earlier stage
        new("configuration files", FollowAsync),
    ];

    /// <summary>Writes down why the process ends, once the data folder is the gateway's, and what the log still has to say. Never throws,
    /// and takes a moment at most.</summary>
    public void NoteLastWords(string reason, LoadedPlugin? culprit) => LastMoment.Use(
        () =>
        {
            if (Pool is not null) WriteLastWords(LastWords.Of(reason, TimeProvider.System.GetUtcNow(), culprit));
#pragma warning disable IDISP007 // The host's own: nothing is logged after that.
            loggers.Dispose(); // the counts of what was withheld
#pragma warning restore IDISP007
        },
        LastMoment.Patience);

    private void WriteLastWords(LastWords words)
    {
        try
        {
            words.Write(LastWords.FileIn(new PrivateFolder(Plan.Data.Folder)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotNoted(_logger, words.Reason, exception.Message);
        }
    }

    private async Task<IAsyncDisposable> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await Reading.ReadAsync(cancellationToken);
        if (!read.IsValid)
            read = await LastGoodAsync(read, cancellationToken) ?? throw new InvalidConfigurationException(read);
        _read = read;
        if (read.IsPluginTrustUnset && !Plan.Hub.IsOnLoopback) LogTrustUnset(_logger, Plan.Plugins.Folder);
        return Undo.Nothing;
    }

    /// <summary>The last good files, in the place of some that have mistakes.</summary>
    /// <returns><see langword="null"/> where there are none, or they are not wanted.</returns>
    private async Task<ConfigurationResult?> LastGoodAsync(ConfigurationResult refused, CancellationToken cancellationToken)
    {
        if (options.IsStrict || refused.Files.Paths.Count == 0 || LastGoodFiles.Load(refused) is not { } kept) return null;
        if (refused.ExposurePolicy == ExposurePolicy.Warn) kept = kept.AllowingExposures();
        kept = await Reading.CompleteAsync(kept, cancellationToken);
        if (kept.Plan is null)
        {
            LogNotGood(_logger, ReviewWords.MistakesOf(kept));
            return null;
        }

        LogLastGood(_logger, kept.Files.KeptAt ?? default, ReviewWords.MistakesOf(refused));
        return kept;
    }

    /// <summary>The same where it is the drivers that find mistakes: their plugins are loaded already, and what has to be the same
    /// for that must be.</summary>
    private async Task<ConfigurationResult?> LastGoodForDriversAsync(
        ConfigurationResult loaded, ConfigurationResult refused, CancellationToken cancellationToken)
    {
        if (loaded.Files.KeptAt is not null || await LastGoodAsync(refused, cancellationToken) is not { Plan: { } plan } kept) return null;
        var result = Check(kept);
        return result.IsValid && PlanDiff.Between(Plan, plan).NeedsRestart.Count == 0 ? result : null;
    }

    private ConfigurationResult Check(ConfigurationResult loaded) =>
        DriverSettingsValidation.Validate(loaded, Plugins!.Drivers, expected: Plugins.DriversOnTheWay); // when they are loaded

    /// <summary>Keeps the files of what runs, for a start on files that have mistakes.</summary>
    private async Task KeepAsync(ConfigurationResult running)
    {
        if (running.Files is not { Paths.Count: > 0, KeptAt: null } files) return;
        try
        {
            await OwnThread.RunAsync(() => new LastGoodFiles(Plan.Data.Folder).Keep(files, options.Time.GetUtcNow()));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotKept(_logger, exception.Message);
        }
    }

    private Undo Claim()
    {
#pragma warning disable IDISP001 // Until the stage is undone.
        var folder = DataFolder.Claim(Plan.Data.Folder);
#pragma warning restore IDISP001
        if (Configuration!.ExposurePolicy == ExposurePolicy.Refuse // read by an earlier stage
            && Exposures.Of(folder.Path, isFilledByUs: true).FirstOrDefault(exposure => exposure.IsGrave) is { } exposure)
        {
            // Somebody made it between the look at the configuration and now.
            folder.Dispose();
            throw new IOException($"the data folder is not the gateway's alone: {exposure}");
        }

        if (folder.IsOpenToOthers) LogOpenToOthers(_logger, folder.Path);
        return new Undo(folder.Dispose);
    }

    private Undo Watch()
    {
#pragma warning disable IDISP001, IDISP003 // Until the stage is undone; there is one start.
        Pool = new PoolGuard(
            NoteLastWords,
            () => PoolSuspects.Find(Plugins?.InMemory ?? [], Gateway?.Channels ?? []),
            options.EndProcess,
            TimeProvider.System,
            _logger);
        return new Undo(Pool.Dispose);
#pragma warning restore IDISP001, IDISP003
    }

    private async Task<IAsyncDisposable> LoadAsync(CancellationToken cancellationToken)
    {
        var loaded = Configuration!; // read by an earlier stage
        var plugins = new PluginHost(
            // A new version has to fit what is in force when it comes.
            PluginHostOptions.Of(Plan, loaded) with
            {
                FindMistakes = drivers => DriverSettingsValidation.FindMistakes(Configuration!, drivers), // read by an earlier stage
            },
            options.PluginTime ?? options.Time,
            loggers);
        try
        {
            Plugins = plugins; // from here on: a plugin's code may throw as soon as it is loaded
            options.AddDrivers?.Invoke(plugins.Drivers);
            await plugins.StartAsync(cancellationToken);
            var result = Check(loaded);
            if (!result.IsValid)
                result = await LastGoodForDriversAsync(loaded, result, cancellationToken)
                    ?? throw new InvalidConfigurationException(result);
            options.Checked?.Invoke(result);
            _read = result;
            return new Undo(plugins.Dispose);
        }
        catch
        {
            plugins.Dispose();
            throw;
        }
    }

    private async Task<IAsyncDisposable> ComposeAsync(CancellationToken cancellationToken)
    {
        Hub = options.Hub(HubAccess.OptionsOf(Plan));
        // Loaded by earlier stages, both.
        var earlier = Configuration!.Files.Paths.Count > 0 ? LastGoodFiles.Load(Configuration)?.Plan : null;
        var gateway = await BridgeGateway.ComposeAsync(Plan, Hub, earlier, Plugins!.Drivers, options.Time, loggers);
        InForce = new PlanInForce(Configuration, options, Plugins, gateway, _logger) { Applied = KeepAsync, Failed = host.Fail };
        return Gateway = gateway;
    }

    private Undo Attach()
    {
        Plugins!.Attach(() => Gateway!.Channels); // both of earlier stages
        return Undo.Nothing;
    }

    private async Task<IAsyncDisposable> StartCompanionAsync(CancellationToken cancellationToken)
    {
        if (options.Companion is not { } start) return Undo.Nothing;
        // A program without nullable annotations is not kept from giving null.
        var started = start(host, cancellationToken) is { } starting ? await starting : null;
        return started ?? throw new InvalidOperationException(
            $"{nameof(GatewayHostOptions)}.{nameof(options.Companion)} gave null: expected what is to be disposed at the stop.");
    }

    private async Task<IAsyncDisposable> FollowAsync(CancellationToken cancellationToken)
    {
        await KeepAsync(Configuration!); // read by an earlier stage, and it runs
        return Run([Follower.RunAsync]);
    }

    private RunningParts Run(IReadOnlyList<Func<CancellationToken, Task>> parts)
    {
        var running = new RunningParts(parts);
        _running.Add(running.Completion);
        return running;
    }

    [LoggerMessage(4454, LogLevel.Error, "THE CONFIGURATION HAS MISTAKES, and the gateway runs the last good files, kept "
        + "{KeptAt:yyyy-MM-dd HH:mm:ss}Z. Mend it, then order 'bridge config apply'. {Mistakes}")]
    private static partial void LogLastGood(ILogger logger, DateTimeOffset keptAt, string mistakes);

    [LoggerMessage(4455, LogLevel.Warning, "The last good files cannot take the place of a configuration that has mistakes. {Mistakes}")]
    private static partial void LogNotGood(ILogger logger, string mistakes);

    [LoggerMessage(4456, LogLevel.Warning, "The configuration files cannot be kept as the last good ones: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string reason);

    [LoggerMessage(4435, LogLevel.Error, "{What} That cannot be written down, the next start does not know it: {Reason}")]
    private static partial void LogNotNoted(ILogger logger, string what, string reason);

    [LoggerMessage(4408, LogLevel.Warning, "Every plugin that is put into {Folder} runs, as 'plugins.trust' is not set: set it to "
        + "\"allow-list\" and put the digests of your plugins into 'plugins.allow', or set it to \"any\" where that is meant")]
    private static partial void LogTrustUnset(ILogger logger, string folder);

    [LoggerMessage(4407, LogLevel.Warning, "Other users can look into the data folder {Folder}, which was there already: chmod 700 it")]
    private static partial void LogOpenToOthers(ILogger logger, string folder);
}
