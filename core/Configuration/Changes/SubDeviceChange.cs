namespace BridgeFramework.Configuration;

/// <summary>A sub-device that comes, goes, is another or moves.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Channel">The channel that is to have it; where it goes, the one that has it.</param>
/// <param name="Change">What becomes of it.</param>
/// <param name="Settings">The settings that differ, what its device type and its product give it among them; none where it comes or goes,
/// or where it only moves.</param>
public sealed record SubDeviceChange(SubDeviceId Id, string Channel, PlanChange Change, IReadOnlyList<SettingChange> Settings)
{
    /// <summary>The channel that has it in the plan in force; <see langword="null"/> unless it moves to another one.</summary>
    public string? MovesFrom { get; init; }

    internal static IReadOnlyList<SubDeviceChange> Between(GatewayPlan from, GatewayPlan to)
    {
        var was = PlacesOf(from).ToDictionary(place => place.Device.Id);
        var stays = to.SubDevices.Select(device => device.Id).ToHashSet();
        return
        [
            .. PlacesOf(from).Where(place => !stays.Contains(place.Device.Id))
                .Select(gone => new SubDeviceChange(gone.Device.Id, gone.Channel, PlanChange.Removed, [])),
            .. PlacesOf(to).Select(place => was.TryGetValue(place.Device.Id, out var before) ? Of(before, place)
                : new SubDeviceChange(place.Device.Id, place.Channel, PlanChange.Added, [])).OfType<SubDeviceChange>(),
        ];
    }

    private static IEnumerable<(string Channel, SubDevicePlan Device)> PlacesOf(GatewayPlan plan) =>
        plan.Channels.SelectMany(channel => channel.Devices, (channel, device) => (channel.Name, device));

    private static SubDeviceChange? Of((string Channel, SubDevicePlan Device) from, (string Channel, SubDevicePlan Device) to)
    {
        var settings = SettingsOf(from.Device, to.Device);
        bool moves = !string.Equals(from.Channel, to.Channel, StringComparison.Ordinal);
        return moves || settings.Count > 0
            ? new SubDeviceChange(to.Device.Id, to.Channel, PlanChange.Changed, settings) { MovesFrom = moves ? from.Channel : null }
            : null;
    }

    private static IReadOnlyList<SettingChange> SettingsOf(SubDevicePlan from, SubDevicePlan to)
    {
        (from, to) = EqualParts.WithoutPoints(from, to);
        return EqualParts.AreSame(from, to) ? [] : SettingChange.Between(ValuesOf(from), ValuesOf(to));
    }

    private static Dictionary<string, PlanValue> ValuesOf(SubDevicePlan device) =>
        PlanValues.Of(device, path: "", nameof(SubDevicePlan.Id));
}
