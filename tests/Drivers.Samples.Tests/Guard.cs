namespace BridgeFramework.Drivers.Samples.Tests;

/// <summary>Ends a test that would wait for ever, and says for what.</summary>
internal static class Guard
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task OrFail(this Task step, string missing)
    {
        try
        {
            await step.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Did not happen within {Patience.TotalSeconds:0} s: {missing}.", e);
        }
    }

    public static async Task<T> OrFail<T>(this Task<T> step, string missing)
    {
        await ((Task)step).OrFail(missing);
        return await step;
    }
}
