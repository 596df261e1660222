using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Looks whether the program that hosts a gateway keeps the threads of its pool, as plugins that come and go need it.</summary>
/// <remarks>
/// A thread of the pool that ends can take an object of a plugin with it (a mistake of the runtime, .NET 10.0.12). The setting comes with
/// the package's props; a program that does not have it was built in another way.
/// </remarks>
internal static partial class PoolThreads
{
    /// <summary>The setting, as it stands in the program's <c>runtimeconfig.json</c>.</summary>
    public const string Setting = "System.Threading.ThreadPool.ThreadsToKeepAlive";

    /// <summary>All of them.</summary>
    public const string Wanted = "-1";

    /// <summary>Warns where they may end.</summary>
    public static void Check(ILoggerFactory loggers) => Check(AppContext.GetData(Setting) as string, loggers);

    /// <summary>The same for a value of the setting.</summary>
    internal static void Check(string? value, ILoggerFactory loggers)
    {
        if (!string.Equals(value, Wanted, StringComparison.Ordinal)) LogMayEnd(loggers.CreateLogger(typeof(PoolThreads)), Setting, Wanted);
    }

    [LoggerMessage(4425, LogLevel.Warning, "Threads of the pool may end in this program, and can take objects of plugins with them: set "
        + "{Setting} to {Wanted} in its runtimeconfig.json, or crashes may follow when plugins are replaced")]
    private static partial void LogMayEnd(ILogger logger, string setting, string wanted);
}
