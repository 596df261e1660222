using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework;

namespace Fixture.Misbehaving;

public sealed record NoSettings;

[JsonSerializable(typeof(NoSettings))]
public sealed partial class MisbehavingJson : JsonSerializerContext;

public sealed class MisbehavingDriver : ISubDeviceDriver
{
    public Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        switch (Behaviour.Of(typeof(MisbehavingDriver)))
        {
            case "thread": new Thread(Crash).Start(); break;
            case "pool": ThreadPool.QueueUserWorkItem(_ => Crash()); break;
            case "async void": CrashLater(); break;
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

#pragma warning disable MA0155 // The mistake that this fixture makes.
    private static async void CrashLater()
    {
        await Task.Yield();
        Crash();
    }
#pragma warning restore MA0155

    private static void Crash() => throw new InvalidOperationException("nobody catches this");
}

public sealed class DriverWithActions : ISubDeviceDriver, IDriverActions
{
    public Task RunAsync(IChannel channel, CancellationToken stopping) => throw new NotSupportedException();

    public Task<JsonElement> InvokeAsync(string action, JsonElement arguments, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
