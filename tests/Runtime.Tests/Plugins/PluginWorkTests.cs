using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

public sealed class PluginWorkTests
{
    private readonly PluginWork _work = new(NullLogger.Instance);

    [Fact]
    public async Task Who_waits_for_a_turn_hears_that_there_is_none_when_it_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        var running = _work.RunAsync(stop.Token);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _work.DoAsync(
            async stopping =>
            {
                begun.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
                return 1;
            },
            CancellationToken.None);
        await Step.Of("it has begun", begun.Task.WaitAsync);
        bool isDone = false;
        var second = _work.DoAsync(_ => Task.FromResult(isDone = true), CancellationToken.None);
        _work.Post(_ => Task.FromResult(isDone = true));

        await stop.CancelAsync();

        await Step.Of("the loop ends", running.WaitAsync);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Step.Of("the first is over", first.WaitAsync));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Step.Of("the second is over", second.WaitAsync));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Step.Of("a late one is over", ct => _work.DoAsync(_ => Task.FromResult(1), CancellationToken.None).WaitAsync(ct)));
        Assert.False(isDone);
    }
}
