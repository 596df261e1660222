using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Two drivers whose sub-devices report a number after another: <c>live</c> takes other sub-devices while it runs,
/// <c>plain</c> does not.</summary>
internal sealed class TickerPlugin : IBridgePlugin
{
    /// <summary>How many runs each channel has begun.</summary>
    public ConcurrentDictionary<string, int> Runs { get; } = new(StringComparer.Ordinal);

    /// <summary>How many values each sub-device has reported.</summary>
    public ConcurrentDictionary<SubDeviceId, long> Reported { get; } = new();

    /// <summary>Which channel each sub-device is reported by just now; two at a time would be a mistake of the gateway.</summary>
    public ConcurrentDictionary<SubDeviceId, string> Owners { get; } = new();

    /// <summary>Sub-devices that two channels had at a time.</summary>
    public ConcurrentQueue<string> Shared { get; } = new();

    /// <summary>Whether nothing is reported.</summary>
    public bool IsPaused { get; set; }

    public void Configure(IPluginBuilder builder)
    {
        Add<LiveTicker>(builder, "live", DriverCapabilities.LiveDevices);
        Add<PlainTicker>(builder, "plain", DriverCapabilities.None);
    }

    private void Add<TDriver>(IPluginBuilder builder, string name, DriverCapabilities capabilities)
        where TDriver : class, ISubDeviceDriver =>
        builder.AddDriver<TDriver, TickerSettings, TickerSettings, TickerSettings>(
            new DriverInfo { Name = name, Description = "Counts.", Capabilities = capabilities },
            TickerJson.Default.TickerSettings,
            TickerJson.Default.TickerSettings,
            TickerJson.Default.TickerSettings,
            services => services.AddSingleton(this));
}

internal sealed record TickerSettings
{
    public int Number { get; init; }
}

#pragma warning disable IDISP026 // There is nothing to dispose.
internal class PlainTicker(TickerPlugin plugin, TimeProvider time) : ISubDeviceDriver
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    protected ConcurrentDictionary<SubDeviceId, SubDevice> Devices { get; } = new();

    protected IChannel? Channel { get; private set; }

    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        Channel = channel;
        plugin.Runs.AddOrUpdate(channel.Name, 1, (_, runs) => runs + 1);
        foreach (var device in channel.Devices) Take(device);
        channel.SetServing();
        try
        {
            while (true)
            {
                foreach (var device in Devices.Values) await ReportAsync(channel, device, stopping);
                await Task.Delay(Tick, time, stopping);
            }
        }
        finally
        {
            foreach (var id in Devices.Keys) Drop(id);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected void Take(SubDevice device)
    {
        if (plugin.Owners.TryGetValue(device.Id, out string? other) && other != Channel!.Name)
            plugin.Shared.Enqueue($"{device.Id}: {other}");
        plugin.Owners[device.Id] = Channel!.Name; // runs
        Devices[device.Id] = device;
        Channel.SetPresence(device, Presence.Present);
    }

    protected void Drop(SubDeviceId id)
    {
        Devices.TryRemove(id, out _);
        plugin.Owners.TryRemove(id, out _);
    }

    private async Task ReportAsync(IChannel channel, SubDevice device, CancellationToken stopping)
    {
        if (plugin.IsPaused) return;
        long number = plugin.Reported.AddOrUpdate(device.Id, 1, (_, before) => before + 1);
        await channel.ReportAsync(device, new[] { new PointValue(device.Points[0], Variant.From(number)) }, stopping);
    }
}

#pragma warning restore IDISP026

internal sealed class LiveTicker(TickerPlugin plugin, TimeProvider time) : PlainTicker(plugin, time), ILiveDevices
{
    public ValueTask ApplyAsync(DeviceChange change, CancellationToken cancellationToken)
    {
        if (change.After is { } after) Take(after);
        else if (change.Before is { } before) Drop(before.Id);
        return ValueTask.CompletedTask;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TickerSettings))]
internal sealed partial class TickerJson : JsonSerializerContext;
