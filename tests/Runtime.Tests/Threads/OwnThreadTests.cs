namespace BridgeFramework.Runtime.Tests;

public sealed class OwnThreadTests
{
    [Fact]
    public async Task Whoever_waits_for_long_work_goes_on_in_the_pool()
    {
        using var go = new ManualResetEventSlim();
        bool isOfThePool = true;
        var work = OwnThread.RunAsync(() =>
        {
            isOfThePool = Thread.CurrentThread.IsThreadPoolThread;
            go.Wait(TestContext.Current.CancellationToken);
        });
        var after = work.ContinueWith(
            _ => Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        go.Set();

        Assert.True(await after);
        Assert.False(isOfThePool);
    }
}
