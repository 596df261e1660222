using System.Runtime.ExceptionServices;

namespace BridgeFramework.Plugins;

/// <summary>
/// Keeps the process alive when a plugin's own thread, <c>async void</c> method or pool item throws: the exception is attributed
/// to the plugin and handed over; the thread ends.
/// </summary>
/// <remarks>
/// An exception that no plugin owns is the program's own bug and ends the process as usual. Nothing helps against a stack
/// overflow, <c>Environment.FailFast</c> or a crash in native code.
/// </remarks>
/// <param name="plugins">Gives the plugins to look among; called on the failing thread.</param>
/// <param name="crashed">
/// Told of the plugin and the exception, on the failing thread. Keeps neither the exception nor waits; whatever it throws is ignored.
/// </param>
public sealed class PluginCrashGuard(Func<IEnumerable<LoadedPlugin>> plugins, Action<LoadedPlugin, Exception> crashed)
{
    /// <summary>Makes this the process's handler for unhandled exceptions. For the program, once: a process has only one.</summary>
    /// <exception cref="InvalidOperationException">The process has a handler already.</exception>
    public void Install() => ExceptionHandling.SetUnhandledExceptionHandler(TryHandle);

    /// <summary>Attributes an unhandled exception. Never throws.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns><see langword="true"/> when a plugin owns it: the process can go on.</returns>
    public bool TryHandle(Exception exception)
    {
        try
        {
            if (plugins().FirstOrDefault(p => p.Owns(exception)) is not { } plugin) return false;
            try
            {
                crashed(plugin, exception);
            }
            catch (Exception)
            {
                // There is nobody left to tell; the exception was the plugin's all the same.
            }

            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
