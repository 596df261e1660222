namespace BridgeFramework.Runtime.Tests;

/// <summary>A step of a test that must happen. A guard, not a wait: it only says which step did not.</summary>
internal static class Step
{
    public static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    /// <param name="what">The step, in words.</param>
    /// <param name="step">Waits for it.</param>
    /// <param name="diagnostics">What to print where it does not happen.</param>
    public static async Task<T> Of<T>(string what, Func<CancellationToken, Task<T>> step, object? diagnostics = null)
    {
        using var guard = new CancellationTokenSource(Guard, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        try
        {
            return await step(either.Token);
        }
        catch (OperationCanceledException exception) when (guard.IsCancellationRequested)
        {
            throw new TimeoutException($"Did not happen within {Guard.TotalSeconds} s: {what}.{Environment.NewLine}{diagnostics}", exception);
        }
    }

    public static Task Of(string what, Func<CancellationToken, Task> step, object? diagnostics = null) =>
        Of(
            what,
            async cancellationToken =>
            {
                await step(cancellationToken);
                return true;
            },
            diagnostics);
}
