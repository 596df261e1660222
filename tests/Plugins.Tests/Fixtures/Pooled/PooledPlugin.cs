using System.Buffers;
using System.Text.Json.Serialization;
using BridgeFramework;

namespace Fixture.Pooled;

/// <summary>A plugin that leaves something on each thread it runs on, as most do without knowing: arrays of a
/// type of its own, from a pool of the thread.</summary>
public sealed class PooledPlugin : IBridgePlugin
{
    public void Configure(IPluginBuilder builder) =>
        builder.AddDriver<PooledDriver, PooledSettings, PooledDevice, PooledPoint>(
            new DriverInfo { Name = "pooled", Description = "Rents arrays of its own, and looks whether its statics are there." },
            PooledJson.Default.PooledSettings,
            PooledJson.Default.PooledDevice,
            PooledJson.Default.PooledPoint);
}

/// <param name="Statics">How many types with a static are used before an array is rented.</param>
public sealed record PooledSettings(int Statics);

public sealed record PooledDevice;

public sealed record PooledPoint;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PooledSettings))]
[JsonSerializable(typeof(PooledDevice))]
[JsonSerializable(typeof(PooledPoint))]
public sealed partial class PooledJson : JsonSerializerContext;

public sealed class PooledDriver(PooledSettings settings) : ISubDeviceDriver
{
    public Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        if (!Held<object>.AreThere(settings.Statics)) throw new InvalidOperationException("A static of the plugin has changed.");
        ArrayPool<Kept>.Shared.Return(ArrayPool<Kept>.Shared.Rent(16));
        return Task.CompletedTask;
    }
}

public sealed class Kept
{
    public int Number { get; } = 42;
}

/// <summary>A type with a static for each depth of <see cref="Nested{T}"/>.</summary>
internal static class Held<T>
{
    private static readonly Kept Value = new();

    public static bool AreThere(int count) => Value.Number == 42 && (count <= 1 || Held<Nested<T>>.AreThere(count - 1));
}

internal sealed class Nested<T>;
