namespace BridgeFramework.Runtime.Tests;

/// <summary>Tasks that are started while others run.</summary>
public sealed class TaskGroupTests
{
    [Fact]
    public async Task A_bug_in_one_that_was_started_late_ends_all_and_is_seen_when_all_have_ended()
    {
        using var group = new TaskGroup(CancellationToken.None);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = group.Start(async ending =>
        {
            await using var registration = ending.Register(told.SetResult);
            await goOn.Task;
        });
        var ended = group.UntilEndAsync();

        _ = group.Start(_ => throw new InvalidOperationException("a bug"));
        await Step.Of("the other one is told to end", ct => told.Task.WaitAsync(ct));
        Assert.False(ended.IsCompleted);
        goOn.SetResult();

        var bug = await Assert.ThrowsAsync<InvalidOperationException>(() => Step.Of("it ends", ct => ended.WaitAsync(ct)));
        Assert.Equal("a bug", bug.Message);
        _ = group.Start(_ => throw new InvalidOperationException("nothing is started any more"));
    }

    [Fact]
    public async Task What_is_told_to_end_does_so_and_what_ends_by_itself_ends_nothing_else()
    {
        using var stop = new CancellationTokenSource();
        using var group = new TaskGroup(stop.Token);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = group.Start(_ =>
        {
            first.SetResult();
            return Task.CompletedTask;
        });
        _ = group.Start(ending => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ending));
        await Step.Of("the first one ends", ct => first.Task.WaitAsync(ct));
        var ended = group.UntilEndAsync();
        Assert.False(ended.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Step.Of("it ends", _ => ended));
    }
}
