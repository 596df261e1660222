using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The program: one hub from one file until it is told to end.</summary>
internal static class EmulatorProgram
{
    private const int Success = 0;
    private const int CannotStart = 1;
    private const int BadConfiguration = 2;

    public static async Task<int> RunAsync(string configuration, TextWriter output, TextWriter error, CancellationToken stopping)
    {
        using var logging = LoggerFactory.Create(builder =>
        {
            builder.Services.AddSingleton(TimeProvider.System);
            builder.SetMinimumLevel(LogLevel.Debug)
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddConsole(console => console.FormatterName = PlainLineFormatter.FormatterName)
                .AddConsoleFormatter<PlainLineFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        });
        var (options, mistakes) = EmulatorFile.Read(configuration, logging);
        if (options is null)
        {
            foreach (string mistake in mistakes) await error.WriteLineAsync(mistake);
            return BadConfiguration;
        }

        try
        {
            await using var hub = await HubEmulator.StartAsync(options, stopping);
            string tls = hub.MqttTlsPort is { } tlsPort ? $", mqtts://{hub.Address}:{tlsPort}" : "";
            await output.WriteLineAsync($"IoT Hub emulator: mqtt://{hub.Address}:{hub.MqttPort}{tls}, console {hub.ConsoleUrl}, "
                + $"{options.Devices.Count} devices. Ctrl+C ends it.");
            if (hub.CaCertificatePem is { } pem)
                await output.WriteLineAsync($"The authority of the TLS listener, a CA file for clients:\n{pem}");
            await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, stopping).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing);
            await output.WriteLineAsync("IoT Hub emulator: ended.");
            return Success;
        }
        catch (IOException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return CannotStart;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return Success;
        }
    }
}
