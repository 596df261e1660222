using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Logging;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Runs one gateway with its plugins, in whatever program: starts it stage by stage, and stops it in the opposite order.</summary>
/// <remarks>
/// A program may run several, each on a data folder of its own; none notices another. Members may be called from any thread. A host
/// starts once: after its end, make another one.
/// </remarks>
public sealed partial class GatewayHost : IAsyncDisposable
{
    private readonly BoundedLoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly GatewayStages _stages;
    private readonly StagedLifetime _lifetime;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Task _starting = Task.CompletedTask;
    private Task? _ending;

    /// <summary>Prepares a gateway; nothing is read and nothing runs.</summary>
    /// <param name="options">What it runs.</param>
    /// <param name="loggers">The log. Of one event about one device 20 lines within 60 s are written to it, and a count of the rest, see
    /// <see cref="BoundedLoggerFactory"/>.</param>
    public GatewayHost(GatewayHostOptions options, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        _loggers = new BoundedLoggerFactory(loggers, options.Time);
        _logger = _loggers.CreateLogger<GatewayHost>();
        _stages = new GatewayStages(this, options, _loggers);
        _lifetime = new StagedLifetime(options.Time, _loggers.CreateLogger<StagedLifetime>());
    }

    /// <summary>Where it is in its life.</summary>
    public GatewayHostState State { get; private set; }

    /// <summary>Why it could not start, or ended by itself; <see langword="null"/> where it did neither.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Completes when it has stopped; fails with <see cref="Failure"/> where it could not start or ended by itself.</summary>
    public Task Completion => _completion.Task;

    /// <summary>The configuration in force, or about to be, as it was read; its warnings are in here.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public ConfigurationResult Configuration => _stages.Configuration ?? throw NotStarted();

    /// <summary>What the gateway is: the plan in force.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public GatewayPlan Plan => _stages.Configuration?.Plan ?? throw NotStarted();

    /// <summary>The gateway: how it stands, and what an operator can do with it.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public BridgeGateway Gateway => _stages.Gateway ?? throw NotStarted();

    /// <summary>Its plugins.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public PluginHost Plugins => _stages.Plugins ?? throw NotStarted();

    /// <summary>How it reaches its hub.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public HubSessionOptions Hub => _stages.Gateway?.Hub ?? _stages.Hub ?? throw NotStarted();

    /// <summary>What is wrong with the threads that all of the process shares, or was within the last 10 minutes, a sentence that names
    /// the channels concerned as far as they are known; <see langword="null"/> for nothing.</summary>
    public string? ThreadProblem => _stages.Pool?.Problem;

    /// <summary>The plugins whose code is in memory, for a <see cref="PluginCrashGuard"/>; none before the start. Never throws.</summary>
    public IReadOnlyList<LoadedPlugin> PluginsInMemory => _stages.Plugins?.InMemory ?? [];

    /// <summary>Starts the gateway. When a stage fails, those before it are stopped, and nothing of it runs.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="InvalidConfigurationException">The configuration has mistakes, or the gateway's own identity has.</exception>
    /// <exception cref="IOException">The data folder is in use, or it or what is in it cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The data folder may not be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (State != GatewayHostState.Created)
                throw new InvalidOperationException($"The gateway is {State} already: a host starts once, make another one.");
            State = GatewayHostState.Starting;
            _starting = StartCoreAsync(cancellationToken);
        }

        await _starting;
    }

    /// <summary>Stops the gateway, and waits until nothing of it runs; harmless where it does not run. Stages
    /// that fail to stop are logged.</summary>
    /// <param name="cancellationToken">Ends the waiting; it stops all the same.</param>
    public Task StopAsync(CancellationToken cancellationToken) => EndAsync(failure: null).WaitAsync(cancellationToken);

    /// <summary>Reads the configuration again, and says what differs from what runs and whether it could be applied. Changes
    /// nothing.</summary>
    /// <param name="mayRemoveMost">Whether it counts as confirmed that more than half of the sub-devices go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The gateway does not run.</exception>
    public async Task<PlanReview> ReviewAsync(bool mayRemoveMost, CancellationToken cancellationToken)
    {
        var inForce = RequireRunning();
        return inForce.Review(await _stages.Reading.ReadAsync(cancellationToken), mayRemoveMost);
    }

    /// <summary>Reads the configuration again and brings the gateway to it, unless something is against it: then nothing has
    /// changed.</summary>
    /// <remarks>What does not differ notices nothing. Two calls are carried out one after the other, and so are changes of
    /// plugins.</remarks>
    /// <param name="mayRemoveMost">Confirms that more than half of the sub-devices may go.</param>
    /// <param name="cancellationToken">Gives up waiting; it is applied all the same.</param>
    /// <returns>What differed, and whether it is in force.</returns>
    /// <exception cref="InvalidOperationException">The gateway does not run.</exception>
    /// <exception cref="ArgumentException"><see cref="GatewayHostOptions.Hub"/> gives options that are out of range: nothing has
    /// changed.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up, or the gateway stops.</exception>
    public async Task<PlanReview> ApplyAsync(bool mayRemoveMost, CancellationToken cancellationToken)
    {
        var inForce = RequireRunning();
        var review = await inForce.ApplyAsync(await _stages.Reading.ReadAsync(cancellationToken), mayRemoveMost, cancellationToken);
        await _stages.Follower.NoteAsync(review, cancellationToken);
        return review;
    }

    /// <summary>Reads the configuration again and brings the gateway to it, as by a signal: what comes of it is told by the log, and
    /// by <see cref="LookAtConfigurationAsync"/>. Most sub-devices are not removed.</summary>
    /// <inheritdoc cref="ApplyAsync(bool, CancellationToken)"/>
    /// <param name="cancellationToken">Gives up waiting; it is applied all the same.</param>
    public async Task<PlanReview> ReloadAsync(CancellationToken cancellationToken) =>
        await _stages.Follower.ReloadAsync(RequireRunning(), cancellationToken);

    /// <summary>Says how the files of the configuration stand towards what runs. They are read only where they have changed since
    /// the last look.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ConfigurationStatus> LookAtConfigurationAsync(CancellationToken cancellationToken) =>
        _stages.Follower.LookAsync(cancellationToken);

    /// <summary>Brings the gateway to a configuration that the program gives it, such as one with a plan made in code.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <inheritdoc cref="ApplyAsync(bool, CancellationToken)"/>
    /// <param name="mayRemoveMost">Confirms that more than half of the sub-devices may go.</param>
    /// <param name="cancellationToken">Gives up waiting; it is applied all the same.</param>
    public async Task<PlanReview> ApplyAsync(ConfigurationResult configuration, bool mayRemoveMost, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var inForce = RequireRunning();
        return await inForce.ApplyAsync(
            await _stages.Reading.CompleteAsync(configuration, cancellationToken), mayRemoveMost, cancellationToken);
    }

    /// <summary>Code of a plugin threw where nobody could catch it: the channels that its drivers run are run anew. For a
    /// <see cref="PluginCrashGuard"/>.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="exception">What was thrown.</param>
    public void PluginCrashed(LoadedPlugin plugin, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        ArgumentNullException.ThrowIfNull(exception);
        if (_stages.Gateway is { } gateway) gateway.PluginCrashed(plugin, exception.Message);
        else BridgeGateway.LogPluginCrashed(_logger, plugin.Manifest.Id, exception.Message); // no channel runs yet
    }

    /// <summary>
    /// The process ends, and nobody has asked the program to end it: writes that down for the next start. Where there is one plugin only it
    /// is that one's doing, and it is left out then. For a program whose process is the gateway's, at <see cref="AppDomain.ProcessExit"/>.
    /// </summary>
    /// <returns>What has happened, a sentence; <see langword="null"/> where the gateway does not run.</returns>
    public string? ProcessEnds()
    {
        if (State is not (GatewayHostState.Starting or GatewayHostState.Running)) return null;
        // The runtime raises the event on a thread of its own: who has asked for the end cannot be seen any more.
        var plugins = PluginsInMemory;
        string[] ids = [.. plugins.Select(plugin => plugin.Manifest.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var culprit = _stages.Plugins?.Only;
        string reason = culprit is not null ? $"Plugin {culprit.Manifest.Id} has ended the process (Environment.Exit)."
            : ids.Length == 0 ? "The process was ended from within (Environment.Exit)."
            : $"The process was ended from within (Environment.Exit), by one of the plugins {string.Join(", ", ids)}.";
        _stages.NoteLastWords(reason, culprit);
        return reason;
    }

    /// <summary>A part of it is broken through a bug: all of it ends.</summary>
    internal void Fail(Exception bug) => _ = EndAsync(bug); // not awaited: the part may be asked to end by it

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(failure: null);
        _stopping.Dispose();
        _loggers.Dispose();
    }

    private async Task StartCoreAsync(CancellationToken cancellationToken)
    {
        await Task.Yield(); // out of the lock
        PoolThreads.Check(_loggers);
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        try
        {
            await _lifetime.StartAsync(_stages.InOrder, starting.Token);
        }
        catch (OperationCanceledException) when (starting.IsCancellationRequested)
        {
            Become(GatewayHostState.Stopped, failure: null);
            throw;
        }
        catch (Exception exception)
        {
            Become(GatewayHostState.Failed, exception);
            throw;
        }

        lock (_gate)
            if (State == GatewayHostState.Starting) State = GatewayHostState.Running;
        LogRunning(_logger);
        // Not awaited: it cannot fail.
        _ = FollowAsync();
    }

    /// <summary>Ends all of it where a part ends by itself.</summary>
    private async Task FollowAsync()
    {
        var first = await Task.WhenAny(_stages.Running);
        if (!_stopping.IsCancellationRequested && first.Exception?.InnerException is { } bug) await EndAsync(bug);
    }

    /// <summary>One end for all who ask for it.</summary>
    private Task EndAsync(Exception? failure)
    {
        lock (_gate) return _ending ??= StopCoreAsync(failure);
    }

    private async Task StopCoreAsync(Exception? failure)
    {
        await Task.Yield(); // out of the lock
        _stages.Plugins?.EndIsAsked();
        await _stopping.CancelAsync();
        await _starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (failure is not null) LogFailed(_logger, failure);
        bool ran = State == GatewayHostState.Running;
        if (ran) State = GatewayHostState.Stopping;
        await _lifetime.StopAsync();
        if (ran) LogStopped(_logger);
        if (State != GatewayHostState.Failed) Become(failure is null ? GatewayHostState.Stopped : GatewayHostState.Failed, failure);
    }

    private void Become(GatewayHostState state, Exception? failure)
    {
        (State, Failure) = (state, failure);
        if (failure is null) _completion.TrySetResult();
        else if (_completion.TrySetException(failure)) _ = _completion.Task.Exception; // seen: nobody need wait for it
    }

    private PlanInForce RequireRunning() => State == GatewayHostState.Running && _stages.InForce is { } inForce ? inForce
        : throw new InvalidOperationException($"The gateway is {State}: another plan can be applied while it runs.");

    private static InvalidOperationException NotStarted() => new("The gateway has not come that far: start its host first.");

    [LoggerMessage(4401, LogLevel.Information, "The gateway has stopped")]
    private static partial void LogStopped(ILogger logger);

    [LoggerMessage(4405, LogLevel.Debug, "The gateway runs")]
    private static partial void LogRunning(ILogger logger);

    [LoggerMessage(4406, LogLevel.Critical, "The gateway has ended by itself. This is a mistake of the gateway, please report it")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
