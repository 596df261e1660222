using System.Net;

namespace BridgeFramework.DeviceSimulators;

/// <summary>Where a simulated slave listens and how it treats its masters.</summary>
public sealed record ModbusSlaveOptions
{
    /// <summary>The address to listen on. Loopback unless said otherwise: a simulator has no access control.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The TCP port, 0..65535; 0 takes a free one, see <see cref="ModbusSlave.Port"/>.</summary>
    public int Port { get; init; }

    /// <summary>Connections served at once, at least 1; one more is closed as soon as it is accepted. Many
    /// real devices allow just one.</summary>
    public int MaxConnections { get; init; } = 32;

    /// <summary>
    /// What a request to a unit that does not exist gets: null for no answer at all, as from a serial line behind
    /// a transparent gateway; otherwise an exception code, 0x0A or 0x0B as from a gateway that tells.
    /// </summary>
    public ModbusExceptionCode? UnknownUnit { get; init; }

    /// <summary>The clock of live values and of delayed answers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
