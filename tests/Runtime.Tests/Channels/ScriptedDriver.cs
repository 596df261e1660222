using System.Text.Json.Serialization;
using System.Threading.Channels;
using BridgeFramework.Plugins;
using Microsoft.Extensions.DependencyInjection;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What a scripted driver does, and what it has met. One for each driver name of a test.</summary>
internal sealed class DriverScript(string name = "scripted") : IBridgePlugin
{
    private readonly Channel<ScriptedRun> _runs = Channel.CreateUnbounded<ScriptedRun>();
    private readonly Channel<ScriptedCommand> _commands = Channel.CreateUnbounded<ScriptedCommand>();

    /// <summary>Each run, when it has begun.</summary>
    public ChannelReader<ScriptedRun> Runs => _runs.Reader;

    /// <summary>Each command, when the driver has it.</summary>
    public ChannelReader<ScriptedCommand> Commands => _commands.Reader;

    /// <summary>Runs in the constructor.</summary>
    public Action OnCreate { get; set; } = () => { };

    /// <summary>Runs in place of the beginning of RunAsync.</summary>
    public Action OnRun { get; set; } = () => { };

    /// <summary>Runs in DisposeAsync.</summary>
    public Func<Task> OnDispose { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs when the channel is opened for pairing.</summary>
    public Func<TimeSpan, Task> OnPairing { get; set; } = _ => Task.CompletedTask;

    /// <summary>The devices that are given firmware.</summary>
    public ScriptedFirmware Devices { get; } = new();

    /// <summary>Whether devices come for their firmware by themselves.</summary>
    public bool OffersFirmware { get; init; }

    /// <summary>Whether a run that is told to stop ends.</summary>
    public bool IgnoresStop { get; set; }

    public void Configure(IPluginBuilder builder) =>
        builder.AddDriver<ScriptedDriver, ScriptedChannelSettings, ScriptedDeviceSettings, ScriptedPoint>(
            new DriverInfo
            {
                Name = name,
                Description = "Does what a test says.",
                Capabilities = DriverCapabilities.Commands | DriverCapabilities.Pairing | DriverCapabilities.Firmware,
                OffersFirmware = OffersFirmware,
                UpdateConcurrency = OffersFirmware ? 64 : 1,
            },
            ScriptedJson.Default.ScriptedChannelSettings,
            ScriptedJson.Default.ScriptedDeviceSettings,
            ScriptedJson.Default.ScriptedPoint,
            services => services.AddSingleton(this));

    public void AddTo(DriverCatalog catalog) => Assert.True(catalog.TryAdd(PluginRegistrations.Of(this), out _));

    public Task<ScriptedRun> NextRun() => Step.Of("the driver runs", ct => Runs.ReadAsync(ct).AsTask());

    public Task<ScriptedCommand> NextCommand() => Step.Of("the driver gets a command", ct => Commands.ReadAsync(ct).AsTask());

    internal void Began(ScriptedRun run) => _runs.Writer.TryWrite(run);

    internal void Got(ScriptedCommand command) => _commands.Writer.TryWrite(command);
}

/// <summary>One run of a scripted driver: a test ends it as it likes.</summary>
internal sealed class ScriptedRun(IChannel channel, CancellationToken stopping)
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IChannel Channel => channel;
    public CancellationToken Stopping => stopping;
    public SubDevice Device => channel.Devices[0];
    internal Task Ended => _end.Task;

    /// <summary>Ends when the driver is told to stop.</summary>
    public Task Told { get; } = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping).ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    public void End() => _end.TrySetResult();

    public void Fail(Exception exception) => _end.TrySetException(exception);

    /// <summary>Reports a value of a point of the first sub-device.</summary>
    public Task ReportAsync(long value, int point = 0) =>
        channel.ReportAsync(Device, new[] { new PointValue(Device.Points[point], Variant.From(value)) }, CancellationToken.None).AsTask();
}

/// <summary>One command that a scripted driver is carrying out.</summary>
internal sealed record ScriptedCommand(
    SubDevice Device, DeviceCommand Command, TaskCompletionSource<CommandResult> Answer, CancellationToken Cancelled)
{
    public void Done() => Answer.SetResult(new CommandResult
    {
        Points = [.. ((WritePoints)Command).Writes.Select(write => new PointResult { Point = write.Point, Outcome = CommandOutcome.Done })],
    });
}

internal sealed class ScriptedDriver : ISubDeviceDriver, ICommandHandler, IPairing, IFirmwareUpdater
{
    private readonly DriverScript _script;

    public ScriptedDriver(DriverScript script)
    {
        _script = script;
        script.OnCreate();
    }

    public Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        _script.OnRun();
        var run = new ScriptedRun(channel, stopping);
        _script.Began(run);
        return _script.IgnoresStop ? run.Ended : run.Ended.WaitAsync(stopping);
    }

    public Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Got(new ScriptedCommand(device, command, answer, cancellationToken));
        return answer.Task;
    }

    public Task UpdateAsync(SubDevice device, IFirmwareImage image, IProgress<FirmwareProgress> progress,
        CancellationToken cancellationToken) =>
        _script.Devices.UpdateAsync(device.Id, image, progress, cancellationToken);

    public bool IsSameVersion(SubDevice device, string wanted, string reported) => _script.Devices[device.Id].Names(wanted) == reported;

    public bool? IsOlderVersion(SubDevice device, string wanted, string reported) => _script.Devices[device.Id].IsOlder(wanted, reported);

    public Task<FirmwareStatus> QueryAsync(SubDevice device, CancellationToken cancellationToken) => _script.Devices.QueryAsync(device.Id);

    public Task OpenAsync(TimeSpan window, CancellationToken cancellationToken) => _script.OnPairing(window);

    public ValueTask DisposeAsync() => new(_script.OnDispose());
}

internal sealed record ScriptedChannelSettings
{
    public int Number { get; init; }
}

internal sealed record ScriptedDeviceSettings;

internal sealed record ScriptedPoint;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ScriptedChannelSettings))]
[JsonSerializable(typeof(ScriptedDeviceSettings))]
[JsonSerializable(typeof(ScriptedPoint))]
internal sealed partial class ScriptedJson : JsonSerializerContext;
