using System.Text.Json.Nodes;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What the sender of commands is promised, over all the lives of a gateway.</summary>
internal sealed class DownlinkOracle
{
    private readonly Dictionary<(SubDeviceId, string), Command> _commands = [];

    private readonly List<string> _broken = [];

    public IEnumerable<(SubDeviceId Device, string Id)> Sent => _commands.Keys;

    public void Send(SubDeviceId device, string id) => Of(device, id);

    public void Executed(SubDeviceId device, string id)
    {
        var command = Of(device, id);
        Require(++command.Executions == 1, $"{id} of {device} is carried out twice");
        Require(command.Reply is null || !command.IsForGood, $"{id} of {device} is carried out after it was told: {command.Reply}");
    }

    public void Answered(SubDeviceId device, string id, CommandOutcome outcome) => Of(device, id).Driver = outcome;

    /// <param name="device">The sub-device.</param>
    /// <param name="id">The command.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="isForGood">Whether the disk has it. What a broken disk makes the gateway refuse is told
    /// without, and holds while the process lives.</param>
    public void Told(SubDeviceId device, string id, string reply, bool isForGood)
    {
        var command = Of(device, id);
        Require(!command.IsForGood || command.Reply == reply, $"{id} of {device} was told {command.Reply} and then {reply}");
        string outcome = (string?)JsonNode.Parse(reply)?["outcome"] ?? "";
        if (outcome is "done" or "timedOut" || reply.Contains("driver says", StringComparison.Ordinal))
            Require(string.Equals(outcome, command.Driver?.ToString(), StringComparison.OrdinalIgnoreCase),
                $"{id} of {device}: the driver said {command.Driver}, and is told {reply}");
        else if (outcome == "refused")
            Require(command.Executions == 0, $"{id} of {device} was carried out, and is told: {reply}");
        command.Reply = reply;
        command.IsForGood |= isForGood || command.Executions > 0;
    }

    /// <summary>What the sender was told.</summary>
    public string ReplyTo(SubDeviceId device, string id) =>
        Of(device, id).Reply ?? throw new InvalidOperationException($"{id} has no reply.");

    public void Acknowledged(SubDeviceId device, string id) => Of(device, id).IsAcknowledged = true;

    /// <summary>A sub-device has left: what was sent to it before need not be answered.</summary>
    public void Forgotten(SubDeviceId device)
    {
        foreach (var ((id, _), command) in _commands)
            if (id == device) command.IsForgotten = true;
    }

    /// <summary>Notes a broken promise: where it is seen, an exception would be caught as one of the hub or the driver.</summary>
    public void Require(bool promise, string broken)
    {
        if (!promise) _broken.Add(broken);
    }

    public void CheckPromises() => Assert.Empty(_broken);

    /// <summary>Whatever was carried out has been told.</summary>
    public void CheckTold() => Assert.All(_commands, pair =>
        Assert.True(
            pair.Value.Executions == 0 || pair.Value.IsAcknowledged || pair.Value.IsForgotten,
            $"{pair.Key} was carried out and nobody was told"));

    /// <summary>Everything that was sent has its outcome.</summary>
    public void CheckAllTold() => Assert.All(
        _commands, pair => Assert.True(pair.Value is { IsAcknowledged: true, IsForGood: true }, $"{pair.Key} was never answered"));

    private Command Of(SubDeviceId device, string id)
    {
        if (!_commands.TryGetValue((device, id), out var command)) _commands.Add((device, id), command = new Command());
        return command;
    }

    private sealed class Command
    {
        public int Executions { get; set; }
        public CommandOutcome? Driver { get; set; }
        public string? Reply { get; set; }
        public bool IsForGood { get; set; }
        public bool IsAcknowledged { get; set; }
        public bool IsForgotten { get; set; }
    }
}
