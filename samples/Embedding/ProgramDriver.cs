namespace BridgeFramework.Embedding;

/// <summary>Reports how many requests the program has answered, once a second.</summary>
internal sealed class ProgramDriver(RequestCounter requests, TimeProvider time) : ISubDeviceDriver
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        foreach (var device in channel.Devices) channel.SetPresence(device, Presence.Present);
        channel.SetServing();
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            foreach (var device in channel.Devices)
                await channel.ReportAsync(
                    device, device.Points.Select(point => new PointValue(point, Variant.From(requests.Requests))).ToArray(), stopping);
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }
}
