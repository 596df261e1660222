namespace BridgeFramework.Runtime;

/// <summary>Where commands of sub-devices are carried out. A seam: a channel, or a fake that a test holds.</summary>
internal interface ICommandChannel
{
    /// <summary>Enters the run that is to carry out a command; a driver that is just starting is waited for. Never throws.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="deadline">Cancelled when the time for the command is up.</param>
    Task<CommandEntry> EnterAsync(SubDeviceId device, CancellationToken deadline);
}
