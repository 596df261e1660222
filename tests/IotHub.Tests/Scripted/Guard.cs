namespace BridgeFramework.IotHub.Tests;

/// <summary>Says which step did not happen, instead of hanging for ever.</summary>
internal static class Guard
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task Of(Task step, string what)
    {
        await Task.WhenAny(step, Task.Delay(Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.True(step.IsCompleted, $"did not happen: {what}");
        await step;
    }

    public static async Task<T> Of<T>(Task<T> step, string what)
    {
        await Of((Task)step, what);
        return await step;
    }
}
