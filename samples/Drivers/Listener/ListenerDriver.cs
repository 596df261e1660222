using System.Globalization;
using System.Text.Json;
using BridgeFramework;
using BridgeFramework.Drivers;
using Example.Links;
using Microsoft.Extensions.Logging;

namespace Example.Listener;

/// <summary>Hears tags that advertise when they like. Most of them are not ours; each of those costs two look-ups and allocates nothing.</summary>
internal sealed class ListenerDriver(ListenerChannelSettings settings, TimeProvider time, ILogger<ListenerDriver> logger) : ISubDeviceDriver
{
    // So many foreign tags are remembered; when more pass by, it begins anew.
    internal const int MaxForeign = 2048;
    private readonly Dictionary<uint, SubDevice> _tags = [];
    private readonly Dictionary<uint, DiscoveredDevice> _foreign = [];

    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        var silence = new SilenceWatch(channel, settings.AbsentAfter, time);
        foreach (var device in channel.Devices)
        {
            string tag = device.SettingsAs<ListenerDeviceSettings>().Tag;
            if (!_tags.TryAdd(uint.Parse(tag, NumberStyles.HexNumber, CultureInfo.InvariantCulture), device))
                throw new DriverException($"{device} has the tag {tag} of another sub-device: give it its own.") { IsTransient = false };
            silence.Add(device);
        }

        using var socket = DatagramSocket.Bind(settings.Address, settings.Port, logger);
        channel.SetServing();
        await Loops.RunTogetherAsync([token => ListenAsync(channel, socket, silence, token), silence.RunAsync], stopping);
    }

    private async Task ListenAsync(IChannel channel, DatagramSocket socket, SilenceWatch silence, CancellationToken stopping)
    {
        // Filled anew for each advert: the channel has copied the values when it has taken them.
        var values = new PointValue[channel.Devices.Select(device => device.Points.Count).DefaultIfEmpty().Max()];
        while (true)
        {
            var datagram = await socket.ReceiveAsync(stopping);
            channel.RecordFrame(FrameDirection.Received, datagram.Span);
            // Anybody may send to this port: what is no advert is not worth a line in the log each.
            if (!Advert.TryRead(datagram.Span, out var advert)) continue;
            if (!_tags.TryGetValue(advert.Tag, out var device))
            {
                channel.ReportDiscovered(ForeignOf(advert.Tag));
                continue;
            }

            silence.Heard(device);
            for (int i = 0; i < device.Points.Count; i++) values[i] = advert.ValueOf(device.Points[i]);
            await channel.ReportAsync(device, values.AsMemory(0, device.Points.Count), stopping);
        }
    }

    private DiscoveredDevice ForeignOf(uint tag)
    {
        if (_foreign.TryGetValue(tag, out var known)) return known;
        if (_foreign.Count == MaxForeign) _foreign.Clear();
        var ours = new ListenerDeviceSettings { Tag = tag.ToString("x8", CultureInfo.InvariantCulture) };
        var settingsOfIt = JsonSerializer.SerializeToElement(ours, ListenerJson.Default.ListenerDeviceSettings);
        return _foreign[tag] = new DiscoveredDevice { Address = ours.Tag, Model = "tag", Settings = settingsOfIt };
    }
}
