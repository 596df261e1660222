using System.Collections.Frozen;
using System.Collections.Immutable;

namespace BridgeFramework.Runtime;

/// <summary>All sub-devices that the router serves, to be looked up. It does not change: another one takes its place.</summary>
internal sealed class RecipientTable
{
    private readonly FrozenDictionary<string, ServedRecipient> _byTopic;
    private readonly FrozenDictionary<SubDeviceId, ServedRecipient> _byId;

    public RecipientTable(IReadOnlyCollection<ServedRecipient> all)
    {
        _byTopic = all.ToFrozenDictionary(served => served.Recipient.Route.CommandTopic, StringComparer.Ordinal);
        _byId = all.ToFrozenDictionary(served => served.Recipient.Id);
    }

    public static RecipientTable Empty { get; } = new([]);

    public ImmutableArray<ServedRecipient> All => _byId.Values;

    /// <summary>The one whose commands come on a topic.</summary>
    public ServedRecipient? Find(string commandTopic) => _byTopic.GetValueOrDefault(commandTopic);

    public ServedRecipient? Find(SubDeviceId device) => _byId.GetValueOrDefault(device);
}
