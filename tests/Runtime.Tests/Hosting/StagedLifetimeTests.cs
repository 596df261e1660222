using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

public sealed class StagedLifetimeTests : IDisposable
{
    private const int NotStopped = 4424;
    private readonly List<string> _seen = [];
    private readonly LogWatch _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Stages_start_in_order_and_stop_in_the_opposite_one()
    {
        var lifetime = Lifetime();

        await lifetime.StartAsync([Stage("a"), Stage("b"), Stage("c")], TestContext.Current.CancellationToken);
        await lifetime.StopAsync();
        await lifetime.StopAsync(); // harmless

        Assert.Equal("+a +b +c -c -b -a", string.Join(' ', _seen));
        Assert.Empty(_log.Troubles);
    }

    [Fact]
    public async Task A_stage_that_fails_stops_those_before_it_and_throws_what_it_threw()
    {
        var lifetime = Lifetime();

        var thrown = await Assert.ThrowsAsync<IOException>(() => lifetime.StartAsync(
            [Stage("a"), Stage("b"), new Stage("c", _ => throw new IOException("The disk is full.")), Stage("d")],
            TestContext.Current.CancellationToken));

        Assert.Equal("The disk is full.", thrown.Message);
        Assert.Equal("+a +b -b -a", string.Join(' ', _seen));
    }

    [Fact]
    public async Task A_start_that_is_cancelled_goes_no_further()
    {
        using var cancelled = new CancellationTokenSource();
        var lifetime = Lifetime();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lifetime.StartAsync(
            [Stage("a"), Stage("b", started: cancelled.Cancel), Stage("c")], cancelled.Token));

        Assert.Equal("+a +b -b -a", string.Join(' ', _seen));
    }

    [Fact]
    public async Task A_stop_goes_on_over_errors_and_names_the_stage()
    {
        var lifetime = Lifetime();
        await lifetime.StartAsync(
            [Stage("a"), Stage("b", stopped: () => throw new IOException("The folder is gone.")), Stage("c")],
            TestContext.Current.CancellationToken);

        await lifetime.StopAsync();

        Assert.Equal("+a +b +c -c -b -a", string.Join(' ', _seen));
        var line = Assert.Single(_log.Troubles);
        Assert.Equal((NotStopped, LogLevel.Error, "The folder is gone."), (line.EventId, line.Level, line.Exception?.Message));
        Assert.Contains("'b'", line.Text, StringComparison.Ordinal);
    }

    private StagedLifetime Lifetime() => new(TimeProvider.System, _log.CreateLogger<StagedLifetime>());

    private Stage Stage(string name, Action? started = null, Action? stopped = null) => new(name, _ =>
    {
        _seen.Add($"+{name}");
        started?.Invoke();
        return Task.FromResult<IAsyncDisposable>(new Undo(() =>
        {
            _seen.Add($"-{name}");
            stopped?.Invoke();
        }));
    });
}
