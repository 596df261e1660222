using System.Text;
using System.Text.Json.Nodes;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A hub that takes a message when a test hands it a token, and acknowledges when the test says so. For one thread.</summary>
internal sealed class HandedPublisher : IUplinkPublisher
{
    private readonly Queue<TaskCompletionSource> _asking = new();
    private readonly List<HandedPublish> _underWay = [];

    /// <summary>How many ask for a token.</summary>
    public int Asking => _asking.Count;

    /// <summary>What was made and is not settled, oldest first.</summary>
    public IReadOnlyList<HandedPublish> UnderWay => _underWay;

    public async Task<bool> PublishNextAsync(Func<HubPublish?> make, PublishPriority priority, CancellationToken cancellationToken)
    {
        var token = new TaskCompletionSource();
        _asking.Enqueue(token);
        await token.Task.WaitAsync(cancellationToken);
        if (make() is not { } publish) return false;
        var handed = new HandedPublish(publish.Topic, Encoding.UTF8.GetString(publish.Payload.Span));
        _underWay.Add(handed);
        try
        {
            await handed.Settled.Task.WaitAsync(cancellationToken);
            return true;
        }
        finally
        {
            _underWay.Remove(handed);
        }
    }

    /// <summary>Lets the one that has asked first have its message made.</summary>
    public bool Hand() => _asking.TryDequeue(out var token) && token.TrySetResult();
}

/// <summary>A message on its way.</summary>
internal sealed class HandedPublish(string topic, string text)
{
    public string Topic => topic;
    public string Text => text;
    public TaskCompletionSource Settled { get; } = new();
    public bool IsBackfill => text.Contains("\"backfill\":true", StringComparison.Ordinal);

    public long Sequence => (long)Json["seq"]!;

    /// <summary>How many sets of samples it holds, in the profile compact.</summary>
    public int Sets => Json["sets"]!.AsArray().Count;

    /// <summary>How many samples it holds, of which none is bad.</summary>
    public int Samples => Json["values"] is JsonObject values
        ? values.Count
        : Json["sets"]!.AsArray().Sum(set => set!.AsArray().Count - (set[1] is JsonArray ? 2 : 1));

    private JsonNode Json => JsonNode.Parse(text)!;
}
