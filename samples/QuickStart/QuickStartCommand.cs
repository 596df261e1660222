using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace BridgeFramework.QuickStart;

/// <summary>Sets the scene, takes the tour, then shows what goes on until Ctrl+C.</summary>
internal static class QuickStartCommand
{
    public static async Task<int> RunAsync(QuickStartOptions options, CancellationToken stopping)
    {
        var console = AnsiConsole.Console;
        using var troubles = new TroubleLog();
        using var loggers = LoggerFactory.Create(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddProvider(troubles);
            if (options.Verbose) logging.AddSimpleConsole(log => log.SingleLine = true);
        });
        try
        {
            int width = console.Profile.Width;
            console.Profile.Width = int.MaxValue; // a step is one line, for a reader and for grep
            await using var scene = await Scene.StartAsync(options, loggers, stopping);
            if (!await new Tour(scene, console).TakeAsync(stopping))
            {
                foreach (string line in troubles.Lines) console.WriteLine("  " + line, new Style(Color.Grey));
                return 1;
            }

            console.Profile.Width = width;
            if (!options.Once) await new LiveTable(scene, console).ShowAsync(stopping);
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception exception) when (exception is IOException or SocketException or SceneException)
        {
            console.WriteLine($"The quick start cannot begin: {exception.Message}", new Style(Color.Red));
            return 1;
        }
    }
}
