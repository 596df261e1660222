using System.CommandLine;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge config apply</c>: has the running gateway take over its configuration files.</summary>
internal static class ConfigApplyCommand
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    public static Command Create(ConfigurationOptions options)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what would change, and changes nothing." };
        var yes = new Option<bool>("--yes") { Description = "Confirms that more than half of the sub-devices are removed." };
        var json = AdminCommand.JsonOption();
        var command = new Command(
            "apply",
            "Has the running gateway take over its configuration files; what does not differ notices nothing. Exit code: 0 applied or "
                + "nothing to do, 1 refused or not running, 2 the files have mistakes.") { dryRun, yes, json };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var console = parsed.InvocationConfiguration;
            bool asJson = parsed.GetValue(json);
            bool mayRemoveMost = parsed.GetValue(yes);
            try
            {
                using var client = AdminClient.Of(options.Load(parsed), TimeProvider.System);
                var asking = parsed.GetValue(dryRun)
                    ? client.GetAsync($"config/review?yes={mayRemoveMost}", AdminJson.Default.PlanReviewView, cancellationToken)
                    : client.ApplyAsync(mayRemoveMost, cancellationToken);
                await SayThatItLastsAsync(asking, console.Error, TimeProvider.System);
                var review = await asking;
                if (asJson) await console.Output.WriteLineAsync(AdminCommand.Json(review, AdminJson.Default.PlanReviewView));
                else await PrintedReview.WriteAsync(review, console.Output, console.Error);
                return CodeOf(review.Outcome);
            }
            catch (AdminException exception)
            {
                return await AdminCommand.FailAsync(console, asJson, exception.Error, ExitCode.Failure);
            }
        });
        return command;
    }

    /// <summary>Says after a moment that the gateway is at it, and waits until it is not.</summary>
    internal static async Task SayThatItLastsAsync(Task asking, TextWriter error, TimeProvider time)
    {
        using var answered = new CancellationTokenSource();
        var moment = Task.Delay(Moment, time, answered.Token);
        if (await Task.WhenAny(asking, moment) == moment)
            await error.SayAsync(
                "The gateway is still at it: a driver that has to end has 10 s for that. It goes on even if you end this command.");
        await answered.CancelAsync();
        await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whoever asked hears what came of it
    }

    private static int CodeOf(PlanOutcome outcome) => outcome switch
    {
        PlanOutcome.Invalid => ExitCode.Mistakes,
        PlanOutcome.Refused => ExitCode.Failure,
        _ => ExitCode.Success,
    };
}
