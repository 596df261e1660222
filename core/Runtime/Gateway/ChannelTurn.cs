using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>One channel on its way from one plan to the next.</summary>
/// <param name="channel">The channel.</param>
/// <param name="next">What it is to be; <see langword="null"/> where the next plan does not have it.</param>
/// <param name="startsAnew">Whether its own settings differ.</param>
/// <param name="was">The sub-devices that it has now and that leave, move or are others next, as far as its driver sees it.</param>
/// <param name="brought">The sub-devices that come, or that are others than they are now, likewise.</param>
internal sealed class ChannelTurn(
    ChannelSupervisor channel, ChannelPlan? next, bool startsAnew, IEnumerable<SubDevicePlan> was, IEnumerable<SubDevicePlan> brought)
{
    private readonly IReadOnlyList<SubDevicePlan> _brought = [.. brought];
    private readonly IReadOnlyList<SubDeviceId> _was = [.. was.Select(device => device.Id)];

    public string Name => channel.Plan.Name;

    /// <summary>Whether it stands still, or stood still, and starts anew.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Whether it has to start anew: for its own settings, or because its driver cannot take other sub-devices as it is
    /// now.</summary>
    public bool MustStartAnew => next is not null && (startsAnew || (IsConcerned && channel.FindLive() is null));

    /// <summary>Ends the channel, or its run, or takes sub-devices away from its driver.</summary>
    public async Task EndAsync(GatewayChannels channels, CancellationToken cancellationToken)
    {
        if (next is null)
            await channels.StopAsync(channel, cancellationToken);
        else if (startsAnew || (IsConcerned && !await TryTakeAwayAsync(cancellationToken)))
            await HoldAsync(cancellationToken);
    }

    /// <summary>Lets it go on as the next plan has it.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (next is null) channel.Standing.EndMove(); // commands that waited for its next run go where they go now
        if (next is null || !IsConcerned) return;
        channel.Plan = next;
        if (!IsHeld && _brought.Count > 0 && !await TryBringAsync(cancellationToken)) await HoldAsync(cancellationToken);
        if (IsHeld) channel.Release();
    }

    private bool IsConcerned => startsAnew || _was.Count > 0 || _brought.Count > 0;

    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        IsHeld = true;
        await channel.HoldAsync(MoveReason.Plan, cancellationToken);
    }

    /// <summary>What is another afterwards is changed then, and not taken away.</summary>
    private async Task<bool> TryTakeAwayAsync(CancellationToken cancellationToken) =>
        channel.FindLive() is { } live
            && await live.TryRemoveAsync(_was.Except(_brought.Select(device => device.Id)), cancellationToken);

    private async Task<bool> TryBringAsync(CancellationToken cancellationToken) =>
        channel.FindLive() is { } live && await live.TryBringAsync(_brought, cancellationToken);
}
