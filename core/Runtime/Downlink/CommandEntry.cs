namespace BridgeFramework.Runtime;

/// <summary>The answer of a channel to a command that is to be carried out: the run that it has entered, or
/// what becomes of it without one.</summary>
internal sealed class CommandEntry : IDisposable
{
    private CommandEntry(ICommandRun? run, CommandOutcome outcome, string reason) => (Run, Outcome, Reason) = (run, outcome, reason);

    /// <summary>The run; <see langword="null"/> where there is none that takes it.</summary>
    public ICommandRun? Run { get; }

    /// <summary>The outcome of the command where there is no run.</summary>
    public CommandOutcome Outcome { get; }

    /// <summary>Why there is none.</summary>
    public string Reason { get; }

    public static CommandEntry Into(ICommandRun run) => new(run, default, "");

    public static CommandEntry Refused(CommandOutcome outcome, string reason) => new(run: null, outcome, reason);

    /// <summary>Leaves the run, if one was entered.</summary>
    public void Dispose() => Run?.Leave();
}
