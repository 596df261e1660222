using BridgeFramework.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Gateway.Tests;

public sealed class ReloadsTests
{
    private readonly Reloads _reloads = new(NullLogger<Reloads>.Instance);
    private readonly System.Threading.Channels.Channel<TaskCompletionSource> _begun =
        System.Threading.Channels.Channel.CreateUnbounded<TaskCompletionSource>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_orders_that_come_before_it_runs_or_during_a_reload_one_is_remembered()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        int carriedOut = 0;
        for (int n = 0; n < 3; n++) _reloads.Order();

        // Up to where it waits for the next order nothing has to be waited for.
        var running = _reloads.CarryOutAsync(
            _ =>
            {
                for (int n = 0; n < 3 && carriedOut == 0; n++) _reloads.Order();
                carriedOut++;
                return Task.CompletedTask;
            },
            stop.Token);

        Assert.Equal(2, carriedOut);
        await stop.CancelAsync();
        await running.OrFail("it ends");
    }

    [Fact]
    public async Task An_order_during_a_reload_is_carried_out_after_it()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = _reloads.CarryOutAsync(ReloadAsync, stop.Token);
        _reloads.Order();
        var first = await NextAsync();
        _reloads.Order();
        Assert.False(_begun.Reader.TryRead(out _));

        first.SetResult();
        (await NextAsync()).SetResult();

        await stop.CancelAsync();
        await running.OrFail("it ends");
    }

    [Fact]
    public async Task One_that_fails_keeps_no_other_from_being_carried_out()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = _reloads.CarryOutAsync(ReloadAsync, stop.Token);
        _reloads.Order();
        (await NextAsync()).SetException(new InvalidOperationException("The gateway is Starting"));

        _reloads.Order();
        (await NextAsync()).SetResult();

        await stop.CancelAsync();
        await running.OrFail("it ends");
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _begun.Writer.WriteAsync(end, cancellationToken);
        await end.Task;
    }

    private Task<TaskCompletionSource> NextAsync() => _begun.Reader.ReadAsync(Ct).AsTask().OrFail("the next one begins");
}
