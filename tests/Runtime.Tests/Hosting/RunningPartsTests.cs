using BridgeFramework.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class RunningPartsTests
{
    [Fact]
    public async Task Parts_run_until_they_are_stopped()
    {
        int ended = 0;
        Task completion;
        await using (
            var parts = new RunningParts([token => UntilStopped(() => ended++, token), token => UntilStopped(() => ended++, token)]))
        {
            completion = parts.Completion;
            Assert.False(completion.IsCompleted);
        }

        Assert.Equal(2, ended);
        Assert.True(completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_part_that_throws_ends_the_others_and_its_exception_is_seen()
    {
        var fails = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = new TaskCompletionSource();
        await using var parts = new RunningParts([_ => fails.Task, token => UntilStopped(other.SetResult, token)]);

        fails.SetException(new ArithmeticException("A bug."));

        var thrown = await Assert.ThrowsAsync<ArithmeticException>(() => parts.Completion.OrFail("the parts end"));
        Assert.Equal("A bug.", thrown.Message);
        Assert.True(other.Task.IsCompleted);
    }

    [Fact]
    public async Task A_part_that_just_returns_is_a_bug_too()
    {
        await using var parts = new RunningParts([_ => Task.CompletedTask, token => UntilStopped(() => { }, token)]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => parts.Completion.OrFail("the parts end"));
    }

    private static async Task UntilStopped(Action ended, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        }
        finally
        {
            ended();
        }
    }
}
