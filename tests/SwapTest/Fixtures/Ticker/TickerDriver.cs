using System.Globalization;
using System.Text;
using BridgeFramework;

namespace Fixture.Ticker;

/// <summary>Reports 1, 2, 3, … with the version that counted. Where it is stands in the store of the channel.</summary>
internal sealed class TickerDriver(TimeProvider time) : ISubDeviceDriver
{
    private const string Key = "number";

    /// <summary>What a bad version leaves in the store: the next good one would go on from there.</summary>
    private const long Damage = 1_000_000_000;

    private static readonly TimeSpan BeforeThrow = TimeSpan.FromMilliseconds(300);
    private readonly TickerBuild _build = TickerBuild.Read();

    /// <inheritdoc/>
    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        var device = channel.Devices[0];
        var number = PointOf(device, "number");
        var version = PointOf(device, "version");
        channel.SetPresence(device, Presence.Present);
        if (_build.Behaviour is not TickerBuild.Silent) channel.SetServing();
        if (_build.Behaviour.Length > 0) await MisbehaveAsync(channel, device, stopping);

        long count = await channel.Store.ReadAsync(Key, stopping) is { } bytes ? long.Parse(bytes, CultureInfo.InvariantCulture) : 0;
        while (await WaitAsync(number.Interval, stopping))
        {
            count++;
            PointValue[] values = [new(number, Variant.From(count)), new(version, Variant.From(_build.Version))];
            // A stop waits for both: what is reported is stored. Only a kill comes between.
            await channel.ReportAsync(device, values, CancellationToken.None);
            await WriteAsync(channel, count);
        }

        stopping.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task MisbehaveAsync(IChannel channel, SubDevice device, CancellationToken stopping)
    {
        await WriteAsync(channel, Damage);
        if (_build.Behaviour is TickerBuild.Throws)
        {
            await WaitAsync(BeforeThrow, stopping);
            throw new DriverException("This version is made to fail.");
        }

        var hanging = _build.Behaviour is TickerBuild.Hangs ? CancellationToken.None : stopping;
        for (long count = Damage; await WaitAsync(device.Points[0].Interval, hanging); count++)
        {
            if (_build.Behaviour is TickerBuild.Bad or TickerBuild.Hangs)
                await channel.ReportAsync(
                    device, device.Points.Select(point => new PointValue(point, Quality.DeviceFault)).ToArray(), CancellationToken.None);
            try
            {
                await WriteAsync(channel, count);
            }
            catch (IOException) when (_build.Behaviour is TickerBuild.Hangs)
            {
                // It would go on until the end of the process.
            }
        }

        stopping.ThrowIfCancellationRequested();
    }

    /// <returns>Whether the time has passed; <see langword="false"/> when it is to stop.</returns>
    private async Task<bool> WaitAsync(TimeSpan span, CancellationToken stopping)
    {
        await Task.Delay(span, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }

    private static ValueTask WriteAsync(IChannel channel, long count) =>
        channel.Store.WriteAsync(Key, Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture)), CancellationToken.None);

    private static PointDefinition PointOf(SubDevice device, string name) =>
        device.Points.Single(point => string.Equals(point.Name, name, StringComparison.Ordinal));
}
