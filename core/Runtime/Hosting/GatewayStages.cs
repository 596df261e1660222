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

    /// <summary>What was read, once it was.</summary>
    public ConfigurationResult? Configuration { get; private set; }

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
        var read = Configuration = options.Configuration();
        if (read.PluginFolder is { } folder)
            read = Configuration = read.WithPluginFolder(
                await DropFolderExposures.FindAsync(folder, options.PluginTime ?? options.Time, cancellationToken));
        if (!read.IsValid) throw new InvalidConfigurationException(read);
        if (read.IsPluginTrustUnset && !Plan.Hub.IsOnLoopback) LogTrustUnset(_logger, Plan.Plugins.Folder);
        return Undo.Nothing;
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
        var plugins = new PluginHost(PluginHostOptions.Of(Plan, loaded), options.PluginTime ?? options.Time, loggers);
        try
        {
            Plugins = plugins; // from here on: a plugin's code may throw as soon as it is loaded
            options.AddDrivers?.Invoke(plugins.Drivers);
            await plugins.StartAsync(cancellationToken);
            var result = DriverSettingsValidation.Validate(loaded, plugins.Drivers, expected: plugins.DriversOnTheWay);
            if (!result.IsValid) throw new InvalidConfigurationException(result);
            options.Checked?.Invoke(result);
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
        return Gateway = await BridgeGateway.ComposeAsync(Plan, Hub, Plugins!.Drivers, options.Time, loggers); // loaded by an earlier stage
    }

    private Undo Attach()
    {
        Plugins!.Attach(Gateway!.Channels); // both of earlier stages
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

    private RunningParts Run(IReadOnlyList<Func<CancellationToken, Task>> parts)
    {
        var running = new RunningParts(parts);
        _running.Add(running.Completion);
        return running;
    }

    [LoggerMessage(4435, LogLevel.Error, "{What} That cannot be written down, the next start does not know it: {Reason}")]
    private static partial void LogNotNoted(ILogger logger, string what, string reason);

    [LoggerMessage(4408, LogLevel.Warning, "Every plugin that is put into {Folder} runs, as 'plugins.trust' is not set: set it to "
        + "\"allow-list\" and put the digests of your plugins into 'plugins.allow', or set it to \"any\" where that is meant")]
    private static partial void LogTrustUnset(ILogger logger, string folder);

    [LoggerMessage(4407, LogLevel.Warning, "Other users can look into the data folder {Folder}, which was there already: chmod 700 it")]
    private static partial void LogOpenToOthers(ILogger logger, string folder);
}
