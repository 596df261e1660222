using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fixture.Good;

public sealed class GoodPlugin : IBridgePlugin
{
    public void Configure(IPluginBuilder builder) =>
        builder.AddDriver<GoodDriver, GoodChannel, GoodDevice, GoodPoint>(
            new DriverInfo
            {
                Name = "good",
                Description = "Does as it is told.",
                Capabilities = DriverCapabilities.Actions,
                ExclusiveSettings = ["port"],
            },
            GoodJson.Default.GoodChannel,
            GoodJson.Default.GoodDevice,
            GoodJson.Default.GoodPoint,
            services => services.AddSingleton<Greeter>());
}

public sealed record GoodChannel
{
    [Required, Description("Where the device listens.")]
    public string Host { get; init; } = "";

    [Range(1, 65535)]
    public int Port { get; init; } = 502;

    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00"), JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);
}

public sealed record GoodDevice
{
    [Range(1, 247)]
    public required int UnitId { get; init; }
}

public sealed record GoodPoint(int Address);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GoodChannel))]
[JsonSerializable(typeof(GoodDevice))]
[JsonSerializable(typeof(GoodPoint))]
public sealed partial class GoodJson : JsonSerializerContext;

public sealed class Greeter
{
    public string Greeting { get; } = "hello";
}

/// <summary>Uses what real drivers use: its settings, a service and a library of its own, logging, JSON, a timer.</summary>
public sealed partial class GoodDriver(GoodChannel settings, Greeter greeter, ILogger<GoodDriver> logger, TimeProvider time)
    : ISubDeviceDriver, IDriverActions
{
    private readonly ITimer _timer = time.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    public Task RunAsync(IChannel channel, CancellationToken stopping) => Task.Delay(Timeout.InfiniteTimeSpan, time, stopping);

    public Task<JsonElement> InvokeAsync(string action, JsonElement arguments, CancellationToken cancellationToken)
    {
        LogAsked(logger, action);
        string answer = action switch
        {
            "library" => Libraries.SharedLibrary.Version,
            "settings" => JsonSerializer.Serialize(settings, GoodJson.Default.GoodChannel),
            _ => greeter.Greeting,
        };
        using var document = JsonDocument.Parse($"\"{JsonEncodedText.Encode(answer)}\"");
        return Task.FromResult(document.RootElement.Clone());
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    [LoggerMessage(1, LogLevel.Information, "Asked for {Action}")]
    private static partial void LogAsked(ILogger logger, string action);
}
