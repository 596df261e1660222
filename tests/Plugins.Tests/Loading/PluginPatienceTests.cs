using BridgeFramework.Testing;

namespace BridgeFramework.Plugins.Tests;

public sealed class PluginPatienceTests
{
    private readonly WatchedTime _time = new();
    private readonly TaskCompletionSource _call = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_takes_too_long_is_given_up_after_10_seconds_and_not_before()
    {
        var waiting = new PluginPatience(_time, () => false).WaitAsync(_call.Task, Ct);
        await _time.ArmedAsync(PluginPatience.Deadline);
        _time.Advance(PluginPatience.Deadline - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await waiting);
    }

    [Fact]
    public async Task While_a_debugger_is_attached_no_deadline_passes()
    {
        bool isDebugged = true;
        var patience = new PluginPatience(_time, () => isDebugged);
        var waiting = patience.WaitAsync(_call.Task, Ct);
        Assert.True(patience.IsSuspended);
        for (int i = 0; i < 3; i++)
        {
            await _time.ArmedAsync(PluginPatience.Deadline);
            _time.Advance(PluginPatience.Deadline);
        }

        await _time.ArmedAsync(PluginPatience.Deadline);
        Assert.False(waiting.IsCompleted);
        isDebugged = false;
        _time.Advance(PluginPatience.Deadline);
        Assert.False(await waiting);
    }

    [Fact]
    public async Task What_ends_in_time_has_ended_however_it_ended()
    {
        var waiting = new PluginPatience(_time, () => false).WaitAsync(_call.Task, Ct);
        _call.SetException(new InvalidOperationException());
        Assert.True(await waiting);
    }
}
