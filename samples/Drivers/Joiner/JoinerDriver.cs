using System.Globalization;
using System.Text.Json;
using BridgeFramework;
using BridgeFramework.Drivers;
using Example.Links;
using Microsoft.Extensions.Logging;

namespace Example.Joiner;

/// <summary>A network that devices join. They sleep: whatever one says means that it is awake for a moment and takes what waits for it.</summary>
/// <remarks>A device says <c>name join type</c>, <c>name is point value</c>, <c>name pressed</c> or <c>name awake</c>. It answers <c>set number
/// point=value ...</c> by <c>name done number</c> or <c>name refused number why</c>, and carries out one number once.</remarks>
internal sealed class JoinerDriver(JoinerChannelSettings settings, TimeProvider time, ILogger<JoinerDriver> logger)
    : ISubDeviceDriver, ILiveDevices, ICommandHandler, IPairing
{
    private static readonly Dictionary<string, PointDefinition[]> PointsByType = new(StringComparer.Ordinal)
    {
        ["button"] = [new() { Name = "battery", At = new JoinerPoint(), Unit = "%" }],
        ["lamp"] = [new() { Name = "brightness", At = new JoinerPoint(), Unit = "%", Type = VariantKind.Number, Access = PointAccess.ReadWrite }],
    };
    private readonly JoinedDevices _joined = new(maxCount: 250, time);
    private DatagramPeers? _peers;
    private int _commands = Random.Shared.Next(); // Not from 1: an answer to the run before must not be one to this.

    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        await _joined.LoadAsync(channel.Store, stopping);
        using var socket = DatagramSocket.Bind(settings.Address, settings.Port, logger);
        _peers = new DatagramPeers(channel, socket, settings.AbsentAfter, time);
        foreach (var device in channel.Devices) await ApplyAsync(new DeviceChange { After = device }, stopping);
        channel.SetServing();
        await _peers.RunAsync((words, token) => HearAsync(channel, _peers, socket, words, token), stopping);
    }

    public Task OpenAsync(TimeSpan window, CancellationToken cancellationToken)
    {
        _joined.Open(window);
        return Task.CompletedTask;
    }

    public ValueTask ApplyAsync(DeviceChange change, CancellationToken cancellationToken)
    {
        if (change.Before is { } before) _peers?.Remove(NameOf(before));
        if (change.After is not { } after) return ValueTask.CompletedTask;
        _peers?.Add(NameOf(after), after);
        if (PointsOf(NameOf(after)) is { } points) _peers?.Channel.Describe(after, points);
        return ValueTask.CompletedTask;
    }

    public async Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
    {
        if (command is not WritePoints { Writes: var writes }) throw new DeviceRejectedException("These devices can only be written.");
        var peers = _peers ?? throw new LinkDownException("The port is being opened: try again.");
        var peer = peers.Find(NameOf(device)) ?? throw new DeviceRejectedException($"{device} was removed meanwhile.");
        string number = $"{Interlocked.Increment(ref _commands)}";
        string values = string.Join(' ', writes.Select(write => $"{write.Point}={write.Value}"));
        string[]? answer = await peer.AskWhenAwakeAsync(
            $"set {number} {values}", words => words is [_, "done" or "refused", var of, ..] && of == number, cancellationToken);
        if (answer is [_, "refused", _, .. var why]) throw new DeviceRejectedException($"{device} refused {values}: {string.Join(' ', why)}.");
        var outcome = answer is null ? CommandOutcome.Unknown : CommandOutcome.Done;
        return new CommandResult { Points = [.. writes.Select(write => new PointResult { Point = write.Point, Outcome = outcome })] };
    }

    private static string NameOf(SubDevice device) => device.SettingsAs<JoinerDeviceSettings>().Name;

    private PointDefinition[]? PointsOf(string name) => _joined.Find(name) is { } type ? PointsByType.GetValueOrDefault(type) : null;

    private async ValueTask<bool> HearAsync(IChannel channel, DatagramPeers peers, DatagramSocket socket, string[] words, CancellationToken stopping)
    {
        if (words is [{ Length: <= 32 } newcomer, "join", var wanted] && PointsByType.ContainsKey(wanted) && await _joined.JoinAsync(newcomer, wanted, stopping))
            await socket.SendAsync("welcome"u8.ToArray(), socket.CopySender(), stopping);
        if (PointsOf(words[0]) is not { } points) return false; // Not of this network.
        if (peers.Find(words[0]) is not { } peer)
        {
            var ours = JsonSerializer.SerializeToElement(new() { Name = words[0] }, JoinerJson.Default.JoinerDeviceSettings);
            channel.ReportDiscovered(new DiscoveredDevice { Address = words[0], Model = _joined.Find(words[0]), Settings = ours });
            return false;
        }

        if (words is [_, "join", _]) channel.Describe(peer.Device, points);
        if (words is [_, "pressed"]) await channel.ReportEventAsync(peer.Device, new DeviceEvent { Name = "pressed" }, stopping);
        if (words is [_, "is", var name, var text] && Array.Find(points, point => point.Name == name) is { } read)
        {
            bool isNumber = double.TryParse(text, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number);
            var value = isNumber ? new PointValue(read, Variant.From(number)) : new PointValue(read, Quality.Invalid);
            await channel.ReportAsync(peer.Device, new[] { value }, stopping);
        }

        return true;
    }
}
