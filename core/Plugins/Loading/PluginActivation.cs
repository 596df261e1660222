using System.Reflection;

namespace BridgeFramework.Plugins;

/// <summary>Runs a plugin's entry point for the first time: everything it may throw, or not come back from, becomes a refusal.</summary>
internal sealed class PluginActivation(PluginContext context, string entryPoint, TimeProvider time)
{
    private const string ReportIt = "get a corrected version of the plugin";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    private readonly ThreadClock _clock = new();
    private volatile string _step = "loading";

    /// <exception cref="PluginRejectedException">It threw, or did not return in time.</exception>
    public async Task<IReadOnlyList<DriverRegistration>> RunAsync(CancellationToken cancellationToken)
    {
        // Continued elsewhere: the stack of the plugin's thread would hold on to what the plugin gave.
        var drivers = new TaskCompletionSource<IReadOnlyList<DriverRegistration>>(TaskCreationOptions.RunContinuationsAsynchronously);

        // A thread of its own: one that hangs is lost, and the pool must not lose it.
        new Thread(() => Run(drivers)) { IsBackground = true, Name = $"Configure {entryPoint}" }.Start();
        long began = time.GetTimestamp();
        var patience = new PluginPatience(time);
        while (true)
        {
            await ((Task)drivers.Task).WaitAsync(BetweenLooks, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (drivers.Task.IsCompleted) return await drivers.Task;
            cancellationToken.ThrowIfCancellationRequested();
            if (!patience.IsSuspended && ActivationLimit.Judge(_step, time.GetElapsedTime(began), _clock.ProcessorTime) is { } refusal)
                throw refusal;
        }
    }

    /// <summary>Never throws, and gives only a refusal in place of whatever the plugin threw.</summary>
    private void Run(TaskCompletionSource<IReadOnlyList<DriverRegistration>> drivers)
    {
        _clock.Begin();
        try
        {
            var type = context.LoadMainAssembly().GetType(entryPoint, throwOnError: true)!; // throws where there is none
            if (!type.IsVisible || type.GetConstructor(Type.EmptyTypes) is not { } constructor)
                throw new PluginRejectedException(
                    $"its entry point {entryPoint} is not public or has no public parameterless constructor", "give it both");
            _step = $"the constructor of {entryPoint}";
            var plugin = (IBridgePlugin)constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, parameters: [], culture: null);
            _step = $"{entryPoint}.Configure";
            drivers.SetResult(PluginRegistrations.Of(plugin));
        }
        catch (Exception e)
        {
            // Only the words are kept: an exception of the plugin would keep it in memory.
            drivers.SetException(e as PluginRejectedException ?? Describe(e));
        }
    }

    private PluginRejectedException Describe(Exception exception) => exception switch
    {
        FileNotFoundException { FileName: { } name } when name.Contains(", Version=", StringComparison.Ordinal) =>
            new($"it needs {name[..name.IndexOf(", Culture", StringComparison.Ordinal)]}, which is not in its folder",
                "copy the plugin's folder again, completely"),
        TypeInitializationException { InnerException: { } cause } initialization =>
            new($"the static constructor of {initialization.TypeName} threw {Words(cause)}", ReportIt),
        _ => new($"{_step} threw {Words(exception)}", ReportIt),
    };

    private static string Words(Exception exception)
    {
        // The parameter's name, which ArgumentException appends, says nothing to an operator.
        string text = exception.Message.Split(" (Parameter '")[0].ReplaceLineEndings(" ").TrimEnd('.');
        return $"{exception.GetType().Name}: {(text.Length <= 500 ? text : $"{text.AsSpan(0, 500)}…")}";
    }
}
