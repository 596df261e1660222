using System.Text.Json.Nodes;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What the hub was told of updates, in order; it confirms at once while it is online.</summary>
internal sealed class RecordingHub : IUplinkPublisher
{
    private readonly Lock _gate = new();
    private readonly List<(string Device, string State, string Text)> _told = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOnline { get; set; } = true;

    /// <summary>Whether what it is told is lost on the way back: it has heard it, and nobody knows.</summary>
    public bool LosesAnswers { get; set; }

    public Task<bool> PublishNextAsync(Func<HubPublish?> make, PublishPriority priority, CancellationToken cancellationToken)
    {
        if (!IsOnline) throw new HubOfflineException("There is no connection.");
        if (make() is not { } publish) return Task.FromResult(false);
        var message = JsonNode.Parse(publish.Payload.Span)!; // what we write is not null
        var progress = message["report"]!["progress"]!; // likewise
        string state = (string)progress["state"]!; // likewise
        string told = state switch
        {
            "downloading" => $"downloading {progress["percent"]}",
            "fail" => $"fail {progress["result_code"]}",
            _ => state,
        };
        lock (_gate)
        {
            _told.Add((publish.Topic.Split('/')[^1], told, publish.Priority == priority ? message.ToJsonString() : "another priority"));
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return LosesAnswers ? throw new TimeoutException("No answer.") : Task.FromResult(true);
    }

    /// <summary>The ends that were told of a device. What comes before may not be told where it does not last.</summary>
    public IReadOnlyList<string> EndsOf(string device) =>
        [.. All(device).Where(state => state is not "burning" && !state.StartsWith("downloading", StringComparison.Ordinal))];

    public IReadOnlyList<string> All(string device)
    {
        lock (_gate) return [.. _told.Where(told => told.Device == device).Select(told => told.State)];
    }

    public string LastMessage(string device)
    {
        lock (_gate) return _told.Last(told => told.Device == device).Text;
    }

    public async Task UntilAsync(string device, Func<string, bool> state, CancellationToken cancellationToken, int times = 1)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_told.Count(told => told.Device == device && state(told.State)) >= times) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    public override string ToString()
    {
        lock (_gate) return string.Join(Environment.NewLine, _told);
    }
}
