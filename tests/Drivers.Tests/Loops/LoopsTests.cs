namespace BridgeFramework.Drivers.Tests;

public sealed class LoopsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_loop_that_fails_takes_the_others_along_and_is_heard_when_they_have_ended()
    {
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var together = Loops.RunTogetherAsync([LingerAsync, _ => throw new LinkDownException("no cable")], Ct);

        await asked.Task.WaitAsync(Ct);
        Assert.False(together.IsCompleted);
        mayEnd.SetResult();

        Assert.Equal("no cable", (await Assert.ThrowsAsync<LinkDownException>(() => together)).Message);

        async Task LingerAsync(CancellationToken stopping)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing);
            asked.SetResult();
            await mayEnd.Task;
        }
    }

    [Fact]
    public async Task Being_asked_to_stop_ends_all_and_is_no_failure()
    {
        using var stopping = new CancellationTokenSource();
        var together = Loops.RunTogetherAsync([WaitAsync, WaitAsync], stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => together);

        static Task WaitAsync(CancellationToken token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
    }
}
