using BridgeFramework.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class RunningPartsTests
{
    [Fact]
    public async Task Parts_run_until_they_are_stopped()
    {
        var ended = new List<string>();
        var parts = new RunningParts([token => UntilStopped(token, () => ended.Add("a")), token => UntilStopped(token, () => ended.Add("b"))]);
        Assert.False(parts.Completion.IsCompleted);

        await parts.DisposeAsync();

        Assert.Equal(["a", "b"], ended.Order(StringComparer.Ordinal));
        Assert.True(parts.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_part_that_throws_ends_the_others_and_its_exception_is_seen()
    {
        var fails = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = new TaskCompletionSource();
        await using var parts = new RunningParts([_ => fails.Task, token => UntilStopped(token, other.SetResult)]);

        fails.SetException(new ArithmeticException("A bug."));

        var thrown = await Assert.ThrowsAsync<ArithmeticException>(() => parts.Completion.OrFail("the parts end"));
        Assert.Equal("A bug.", thrown.Message);
        Assert.True(other.Task.IsCompleted);
    }

    [Fact]
    public async Task A_part_that_just_returns_is_a_bug_too()
    {
        await using var parts = new RunningParts([_ => Task.CompletedTask, token => UntilStopped(token, () => { })]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => parts.Completion.OrFail("the parts end"));
    }

    private static async Task UntilStopped(CancellationToken stopping, Action ended)
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
