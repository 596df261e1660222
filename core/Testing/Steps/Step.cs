namespace BridgeFramework.Testing;

/// <summary>Steps of a test that must happen. One that does not fails the test, and the message says which.</summary>
/// <remarks>A guard, not a wait: it is measured on the real clock, and a test in which all is well never reaches its end.</remarks>
#pragma warning disable CA1716 // A keyword of Visual Basic, where [Step] names it.
public static class Step
#pragma warning restore CA1716
{
    /// <summary>How long a step is waited for: 30 s.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a task that runs already.</summary>
    /// <param name="step">The task. What it throws is thrown unchanged.</param>
    /// <param name="what">What is to happen, for the message: <c>the driver serves</c>.</param>
    /// <param name="diagnostics">Ends the message, as text, where the step did not happen: a log, a state.</param>
    /// <exception cref="TimeoutException">It did not happen.</exception>
    public static Task OrFail(this Task step, string what, object? diagnostics = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return GuardAsync(AsResult(step), what, diagnostics, TimeProvider.System);
    }

    /// <inheritdoc cref="OrFail(Task, string, object?)"/>
    /// <typeparam name="T">What the task gives.</typeparam>
    public static Task<T> OrFail<T>(this Task<T> step, string what, object? diagnostics = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return GuardAsync(step, what, diagnostics, TimeProvider.System);
    }

    /// <summary>Takes a step that can be given up, so that nothing of it goes on when the test has failed.</summary>
    /// <param name="what">What is to happen, for the message: <c>the driver serves</c>.</param>
    /// <param name="step">Takes it; the token is cancelled when it has not happened in time. What it throws is thrown unchanged.</param>
    /// <param name="diagnostics">Ends the message, as text, where the step did not happen: a log, a state.</param>
    /// <exception cref="TimeoutException">It did not happen.</exception>
    public static Task Of(string what, Func<CancellationToken, Task> step, object? diagnostics = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return TakeAsync(what, token => AsResult(step(token)), diagnostics, TimeProvider.System);
    }

    /// <inheritdoc cref="Of(string, Func{CancellationToken, Task}, object?)"/>
    /// <typeparam name="T">What the step gives.</typeparam>
    public static Task<T> Of<T>(string what, Func<CancellationToken, Task<T>> step, object? diagnostics = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        return TakeAsync(what, step, diagnostics, TimeProvider.System);
    }

    internal static async Task<T> TakeAsync<T>(string what, Func<CancellationToken, Task<T>> step, object? diagnostics, TimeProvider time)
    {
        using var giveUp = new CancellationTokenSource();
        var running = step(giveUp.Token);
        try
        {
            return await GuardAsync(running, what, diagnostics, time);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            await giveUp.CancelAsync();
            throw;
        }
    }

    internal static async Task<T> GuardAsync<T>(Task<T> step, string what, object? diagnostics, TimeProvider time)
    {
        try
        {
            return await step.WaitAsync(Patience, time);
        }
        catch (TimeoutException e) when (!step.IsCompleted)
        {
            string end = diagnostics is null ? "" : $"{Environment.NewLine}{diagnostics}";
            throw new TimeoutException($"Did not happen within {Patience.TotalSeconds:0} s: {what}.{end}", e);
        }
    }

    private static async Task<bool> AsResult(Task step)
    {
        await step;
        return true;
    }
}
