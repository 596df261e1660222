using System.Runtime.InteropServices;

namespace BridgeFramework.Gateway;

/// <summary>SIGHUP: an order to take over the configuration files, as service managers and operators give it; where the terminal of the
/// program has gone, an order to stop.</summary>
internal static class HangUp
{
    /// <summary>Listens for it.</summary>
    /// <param name="reload">Carries out the one order.</param>
    /// <param name="stop">Carries out the other.</param>
    public static PosixSignalRegistration Listen(Action reload, Action stop)
    {
        bool hadTerminal = ControllingTerminal.IsThere();
        return PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            // On Windows it is nothing but the end of the console.
            if (OperatingSystem.IsWindows() || (hadTerminal && !ControllingTerminal.IsThere())) stop();
            else reload();
        });
    }
}
