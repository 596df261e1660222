namespace BridgeFramework.Gateway;

/// <summary>What the program tells whoever started it.</summary>
internal static class ExitCode
{
    /// <summary>It did what it was asked to do.</summary>
    public const int Success = 0;

    /// <summary>It could not go on.</summary>
    public const int Failure = 1;

    /// <summary>The configuration or the command line has mistakes; nothing was started.</summary>
    public const int Mistakes = 2;

    /// <summary>Nothing of the gateway moved any more, and it ended itself: standard error says why.</summary>
    public const int Stuck = 3;

    /// <summary>Something in the process has ended it, and nobody had asked the gateway to end: standard error says who, if it
    /// is known.</summary>
    public const int Ended = 4;

    /// <summary>Its terminal has gone, and it has not stopped in time: 128 and the number of the signal, as shells have it.</summary>
    public const int HungUp = 129;
}
