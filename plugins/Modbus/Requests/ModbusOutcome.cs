namespace BridgeFramework.Modbus;

/// <summary>What became of a request.</summary>
internal enum OutcomeKind
{
    /// <summary>Answered, and the answer was taken.</summary>
    Done,

    /// <summary>Answered with an exception.</summary>
    Refused,

    /// <summary>Not answered in time.</summary>
    TimedOut,

    /// <summary>Answered with what is no answer to it, and then not answered in time.</summary>
    Mismatched,

    /// <summary>Never sent: the line is down.</summary>
    LinkDown,

    /// <summary>Sent, but the line went down before an answer.</summary>
    LinkLost,
}

/// <summary>What became of a request, and the exception code where it was refused.</summary>
internal readonly record struct ModbusOutcome(OutcomeKind Kind, ExceptionCode Exception = default)
{
    public bool IsDone => Kind == OutcomeKind.Done;
}
