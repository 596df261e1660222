namespace BridgeFramework.Configuration;

/// <summary>A channel that comes, goes or is another.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Change">What becomes of it.</param>
/// <param name="Settings">The settings that differ, the driver among them; none where it comes or goes.</param>
public sealed record ChannelChange(string Name, PlanChange Change, IReadOnlyList<SettingChange> Settings)
{
    internal static IReadOnlyList<ChannelChange> Between(IReadOnlyList<ChannelPlan> from, IReadOnlyList<ChannelPlan> to)
    {
        var was = from.ToDictionary(channel => channel.Name, StringComparer.Ordinal);
        var stays = to.Select(channel => channel.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from.Where(channel => !stays.Contains(channel.Name)).Select(gone => new ChannelChange(gone.Name, PlanChange.Removed, [])),
            .. to.Select(channel => Of(was.GetValueOrDefault(channel.Name), channel)).OfType<ChannelChange>(),
        ];
    }

    private static ChannelChange? Of(ChannelPlan? from, ChannelPlan to)
    {
        if (from is null) return new ChannelChange(to.Name, PlanChange.Added, []);
        var settings = SettingChange.Between(ValuesOf(from), ValuesOf(to));
        return settings.Count > 0 ? new ChannelChange(to.Name, PlanChange.Changed, settings) : null;
    }

    private static Dictionary<string, PlanValue> ValuesOf(ChannelPlan channel) =>
        PlanValues.Of(channel, path: "", nameof(ChannelPlan.Name), nameof(ChannelPlan.Devices));
}
