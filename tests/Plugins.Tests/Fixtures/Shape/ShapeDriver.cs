using System.Text.Json;
using BridgeFramework;
using Fixture.Libraries;
using Microsoft.Extensions.Logging;

namespace Fixture.Shape;

/// <summary>Reports a value of each point ten times a second, with a timer, JSON, a logger and a library of
/// its own, unless it is told to do otherwise.</summary>
public sealed partial class ShapeDriver : ISubDeviceDriver, ICommandHandler
{
#pragma warning disable IDISP003, IDISP006, RS0030 // The mistake that this fixture makes.
    private static Timer? _forgotten;
#pragma warning restore IDISP006
    private readonly ShapeSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<ShapeDriver> _logger;

    public ShapeDriver(ShapeSettings settings, TimeProvider time, ILogger<ShapeDriver> logger)
    {
        (_settings, _time, _logger) = (settings, time, logger);
        switch (Behaviour.Present)
        {
            case "constructor throws": throw new InvalidOperationException("the constructor's reason.");
            case "constructor hangs": Hang(); break;
            case "static constructor throws": Broken.Touch(); break;
        }
    }

    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        LogRuns(_logger, channel.Name, SharedLibrary.Version);
        Harm.BeforeTheFirstAwait(Behaviour.Present, channel);
        switch (Behaviour.Present)
        {
            case "throws at once": throw new DriverException("The bus is not there.");
            case "never serves": await Task.Delay(Timeout.InfiniteTimeSpan, _time, stopping); break;
            case "blocks": Hang(); break;
            case "forgets a timer": _forgotten = new Timer(_ => { }, null, 1000, 1000); break;
            case "handles an event": AppDomain.CurrentDomain.ProcessExit += OnExit; break;
            case "serializes by reflection": JsonSerializer.Serialize(new Point(), JsonSerializerOptions.Web); break;
            case "thread throws": new Thread(Crash).Start(); break;
            case "pool throws": ThreadPool.QueueUserWorkItem(_ => Crash()); break;
            case "async void throws": CrashLater(); break;
        }

        await channel.Store.WriteAsync("state", JsonSerializer.SerializeToUtf8Bytes(new ShapeState(Behaviour.Present, _settings.Corners),
            ShapeJson.Default.ShapeState), stopping);
        foreach (var device in channel.Devices) channel.SetPresence(device, Presence.Present);
        channel.SetServing();
        await Harm.DoAsync(Behaviour.Present, channel, _logger, stopping);
        switch (Behaviour.Present)
        {
            case "throws later":
                await Task.Delay(TimeSpan.FromSeconds(1), _time, stopping); throw new LinkDownException(
                "The bus is gone.");
            case "ends by itself": return;
            case "keeps a thread": new Thread(Hang).Start(); break;
            case "exits": _ = ExitLaterAsync(); break;
            case "blocks 64 threads": BlockThreads(64, TimeSpan.FromSeconds(20)); break;
            case "blocks 2000 threads": BlockThreads(2000, Timeout.InfiniteTimeSpan); break;
            case "lowers the pool":
                ThreadPool.SetMinThreads(1, 1);
                BlockThreads(32, TimeSpan.FromSeconds(20));
                break;
            case "floods": await FloodAsync(channel, stopping); break;
            case "hangs when stopped":
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); Hang(); break;
            case "blocks when stopped": stopping.Register(() => BlockThreads(2000, Timeout.InfiniteTimeSpan)); break;
            case "throws when stopped": stopping.Register(() => throw new InvalidOperationException("in the callback")); break;
            case "reports after the stop": _ = ReportForEverAsync(channel); break;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), _time);
        while (await timer.WaitForNextTickAsync(stopping)) await ReportAsync(channel, stopping);
    }

    public async Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
    {
        if (Behaviour.Present == "command throws") throw new InvalidOperationException("the command's reason.");
        if (Behaviour.Present == "command hangs") await Task.Delay(Timeout.InfiniteTimeSpan, _time, CancellationToken.None);
        return new CommandResult
        {
            Points = [
            .. ((WritePoints)command).Writes.Select(write => new PointResult { Point = write.Point, Outcome = CommandOutcome.Done })]
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (Behaviour.Present == "dispose throws") throw new InvalidOperationException("the reason of the dispose.");
        if (Behaviour.Present == "dispose hangs") Hang();
        await Task.CompletedTask;
    }

    private static async Task ReportAsync(IChannel channel, CancellationToken cancellationToken)
    {
        foreach (var device in channel.Devices)
        {
            PointValue[] values = [.. device.Points.Select(point => Behaviour.Present == "bad values"
                ? new PointValue(point, Quality.Timeout) : new PointValue(point, Variant.From(1)))];
            await channel.ReportAsync(device, values, cancellationToken);
        }
    }

    private static async Task FloodAsync(IChannel channel, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested) await ReportAsync(channel, stopping);
    }

    private async Task ReportForEverAsync(IChannel channel)
    {
        while (true)
        {
            await ReportAsync(channel, CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(100), _time, CancellationToken.None);
        }
    }

    private async Task ExitLaterAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(300), _time);
        Environment.Exit(0);
    }

    /// <summary>As many calls of a library that waits as there are devices on a bad line.</summary>
    private void BlockThreads(int count, TimeSpan time)
    {
        LogBlocks(_logger, count);
        for (int i = 0; i < count; i++)
            ThreadPool.QueueUserWorkItem(_ =>
            {
                using var never = new ManualResetEventSlim();
                never.Wait(time, CancellationToken.None);
            });
    }

    private static void Hang()
    {
        using var never = new ManualResetEventSlim();
        never.Wait(CancellationToken.None);
    }

    private static void OnExit(object? sender, EventArgs e) => _forgotten?.Dispose();

    private static void Crash() => throw new InvalidOperationException("nobody catches this");

#pragma warning disable MA0155 // The mistake that this fixture makes.
    private static async void CrashLater()
    {
        await Task.Yield();
        Crash();
    }
#pragma warning restore MA0155

#pragma warning restore IDISP003, RS0030

    [LoggerMessage(1, LogLevel.Information, "Channel {Channel} runs with library {Version}")]
    private static partial void LogRuns(ILogger logger, string channel, string version);

    [LoggerMessage(2, LogLevel.Information, "Blocks {Count} threads")]
    private static partial void LogBlocks(ILogger logger, int count);

    private sealed class Point
    {
        public int Number { get; set; } = 1;
    }

    private static class Broken
    {
        private static readonly int Value = int.Parse("not a number", System.Globalization.CultureInfo.InvariantCulture);

        public static int Touch() => Value;
    }
}
