using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BridgeFramework;

namespace Fixture.Shape;

/// <summary>A plugin whose driver does what the file <c>behaviour</c> beside it says: well by default, badly in many ways.</summary>
public sealed class ShapePlugin : IBridgePlugin
{
    public void Configure(IPluginBuilder builder)
    {
        switch (Behaviour.Present)
        {
            case "configure throws": throw new InvalidOperationException("the reason of Configure.");
            case "another driver": Add<ShapeDriver>(builder, "sphere"); break;
            case "a thread throws later":
                new Thread(ThrowLater).Start();
                Add<ShapeDriver>(builder, "shape");
                break;
            case "fails fast later":
                new Thread(FailFastLater).Start();
                Add<ShapeDriver>(builder, "shape");
                break;
            case "handles exceptions":
                System.Runtime.ExceptionServices.ExceptionHandling.SetUnhandledExceptionHandler(_ => true);
                Add<ShapeDriver>(builder, "shape");
                break;
            case "fails fast": Environment.FailFast("the plugin ends the process"); break;
            default: Add<ShapeDriver>(builder, "shape"); break;
        }
    }

    private static void FailFastLater()
    {
        WaitALittle();
        Environment.FailFast("the plugin ends the process");
    }

    private static void WaitALittle()
    {
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromMilliseconds(300), CancellationToken.None);
    }

    private static void ThrowLater()
    {
        WaitALittle();
        throw new InvalidOperationException("nobody catches this");
    }

    private static void Add<TDriver>(IPluginBuilder builder, string name)
        where TDriver : class, ISubDeviceDriver =>
        builder.AddDriver<TDriver, ShapeSettings, ShapeDevice, ShapePoint>(
            new DriverInfo { Name = name, Description = "Does as it is told.", Capabilities = DriverCapabilities.Commands },
            ShapeJson.Default.ShapeSettings,
            ShapeJson.Default.ShapeDevice,
            ShapeJson.Default.ShapePoint);
}

public sealed record ShapeSettings
{
    [Range(1, 100)]
    public int Corners { get; init; } = 3;
}

public sealed record ShapeDevice;

public sealed record ShapePoint;

/// <summary>What it writes into the channel's store.</summary>
public sealed record ShapeState(string Behaviour, int Corners);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShapeSettings))]
[JsonSerializable(typeof(ShapeDevice))]
[JsonSerializable(typeof(ShapePoint))]
[JsonSerializable(typeof(ShapeState))]
public sealed partial class ShapeJson : JsonSerializerContext;

internal static class Behaviour
{
    public static string Present { get; } = Read();

    private static string Read()
    {
        string file = Path.Combine(Path.GetDirectoryName(typeof(Behaviour).Assembly.Location) ?? "", "behaviour");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }
}
