using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Testing.Tests;

public sealed class StepTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_step_that_happens_gives_what_it_gives()
    {
        Assert.Equal(7, await Task.FromResult(7).OrFail("seven"));
        Assert.Equal(7, await Step.Of("seven", _ => Task.FromResult(7)));
        await Task.CompletedTask.OrFail("nothing");
    }

    [Fact]
    public async Task A_step_that_does_not_happen_is_named_with_what_is_known()
    {
        var guarded = Step.GuardAsync(new TaskCompletionSource<int>().Task, "the driver serves", "last line of the log", _time);

        _time.Advance(Step.Patience);

        var missing = await Assert.ThrowsAsync<TimeoutException>(() => guarded);
        Assert.Equal($"Did not happen within 30 s: the driver serves.{Environment.NewLine}last line of the log", missing.Message);
    }

    [Fact]
    public async Task A_timeout_of_the_step_itself_is_not_taken_for_one_of_the_guard()
    {
        var own = new TimeoutException("The device did not answer.");

        Assert.Same(own, await Assert.ThrowsAsync<TimeoutException>(() => Task.FromException(own).OrFail("an answer")));
        Assert.Same(own, await Assert.ThrowsAsync<TimeoutException>(() => Step.Of("an answer", _ => Task.FromException(own))));
    }

    [Fact]
    public async Task A_step_that_does_not_happen_is_given_up_even_where_it_does_not_listen()
    {
        var token = CancellationToken.None;
        var taken = Step.TakeAsync(
            "an answer",
            given =>
            {
                token = given;
                return new TaskCompletionSource<int>().Task;
            },
            diagnostics: null,
            _time);
        Assert.False(token.IsCancellationRequested);

        _time.Advance(Step.Patience);

        await Assert.ThrowsAsync<TimeoutException>(() => taken);
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public async Task What_a_step_has_started_goes_on_after_it()
    {
        var token = CancellationToken.None;

        await Step.Of("the start", given =>
        {
            token = given;
            return Task.CompletedTask;
        });

        Assert.False(token.IsCancellationRequested);
    }
}
