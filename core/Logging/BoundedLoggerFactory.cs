using Microsoft.Extensions.Logging;

namespace BridgeFramework.Logging;

/// <summary>Makes loggers that nobody outside can flood: of one event about one device, channel or topic 20 lines within 60 s are written,
/// and a count of the rest when these have passed.</summary>
/// <remarks>
/// <para>Whoever can send a message can cause a line, with a garbled one, a wrong topic, a command that is refused. The log of a small box
/// must outlast that, and must say that it happened: nothing is left out without a count, which is written whether or not more lines
/// come.</para>
/// <para>What is meant for finding faults (trace, debug) and what is critical is written always. Up to 4096 events of devices, channels and
/// topics are told apart within 60 s; the lines about others are counted together for each event.</para>
/// </remarks>
/// <param name="inner">Makes the loggers that write; not disposed with this.</param>
/// <param name="time">The clock of the 60 s.</param>
public sealed class BoundedLoggerFactory(ILoggerFactory inner, TimeProvider time) : ILoggerFactory
{
    private readonly LogBudget _budget = new(time);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new BoundedLogger(categoryName, inner.CreateLogger(categoryName), _budget);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>Writes the counts that are still to be written.</summary>
    public void Dispose() => _budget.Dispose();
}
