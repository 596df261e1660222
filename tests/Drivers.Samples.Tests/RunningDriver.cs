using System.Net;
using System.Net.Sockets;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Drivers.Samples.Tests;

/// <summary>A driver at work on a channel, and its end: within the deadline of the contract, and leaving nothing behind.</summary>
internal sealed class RunningDriver<TDriver> : IAsyncDisposable
    where TDriver : ISubDeviceDriver
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _run;

    private RunningDriver(TDriver driver, InMemoryChannel channel, FakeLogger<TDriver> log)
    {
        (Driver, Channel, Log) = (driver, channel, log);
        _run = driver.RunAsync(channel, _stopping.Token);
    }

    public TDriver Driver { get; }

    public InMemoryChannel Channel { get; }

    public FakeLogger<TDriver> Log { get; }

    /// <summary>Where it listens, as its log says: the port was free, whoever else runs.</summary>
    public IPEndPoint Endpoint =>
        IPEndPoint.Parse(Log.Collector.GetSnapshot().Single(record => record.Id == 5004).GetStructuredStateValue("Endpoint")!);

    public static async Task<RunningDriver<TDriver>> StartAsync(Func<ILogger<TDriver>, TDriver> create, InMemoryChannel channel)
    {
        var log = new FakeLogger<TDriver>();
        var running = new RunningDriver<TDriver>(create(log), channel, log);
        await await Task.WhenAny(channel.Serving, running._run).OrFail("the driver serves");
        return running;
    }

    public UdpClient Connect()
    {
        var client = new UdpClient();
        client.Connect(Endpoint);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run.OrFail("the driver stops"));
        await Driver.DisposeAsync();
        Assert.DoesNotContain(Log.Collector.GetSnapshot(), record => record.Level >= LogLevel.Warning);
        _stopping.Dispose();
    }
}
