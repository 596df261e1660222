using System.CommandLine;
using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge plugin install</c>: checks a plugin, puts it into the plugin folder, and has the
/// running gateway take it in.</summary>
internal static class PluginInstallCommand
{
    public static Command Create(ConfigurationOptions options)
    {
        var path = PathArgument();
        var command = new Command("install", "Checks a plugin, puts it into the plugin folder and has the gateway take it in; without a "
            + "running gateway it is loaded at the next start.") { path };
        var json = AdminCommand.JsonOption();
        command.Options.Add(json);
        options.AddToChecking(command);
        command.SetAction((parsed, cancellationToken) =>
            InstallAsync(options.Load(parsed), parsed.GetValue(path)
                ?? "", parsed.GetValue(json), parsed.InvocationConfiguration, cancellationToken));
        return command;
    }

    public static Argument<string> PathArgument() =>
        new("PATH") { Description = "The plugin: the folder that its build made, or a .zip of it." };

    /// <summary>Checks the plugin that a command names.</summary>
    /// <param name="path">The plugin.</param>
    /// <param name="folder">Where it may be unpacked.</param>
    /// <param name="trust">Which builds may run.</param>
    /// <param name="exposures">What is done where others can change it; <see langword="null"/> where that is not looked at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PluginRejectedException">It is not usable, or nothing is there.</exception>
    public static async Task<ReceivedPlugin> ReceiveAsync(
        string path, TemporaryFolder folder, PluginTrust trust, ExposurePolicy? exposures, CancellationToken cancellationToken) =>
        await new PluginVault(folder.Path, trust, TimeProvider.System) { Exposures = exposures }
            .ReceiveAsync(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), cancellationToken)
        ?? throw new PluginRejectedException("nothing is there", "name the folder that its build made, or a .zip of it");

    /// <summary>What became of a plugin that was to be loaded.</summary>
    public static string Outcome(PluginView plugin) => plugin.State switch
    {
        PluginState.OnTrial => $"Plugin {plugin.Name} {plugin.Version} has taken over from {plugin.PreviousVersion} and is on trial for "
            + $"{Words.For(TimeSpan.FromSeconds(plugin.TrialSecondsLeft ?? 0))}: 'bridge plugin show {plugin.Name}' says how it does.",
        PluginState.Loaded when plugin.Reason is null =>
            $"Plugin {plugin.Name} {plugin.Version} is loaded, drivers: {string.Join(", ", plugin.Drivers)}.",
        _ => $"Plugin {plugin.Name} was not loaded because {plugin.Reason}: "
            + $"{plugin.Remedy}.{(plugin.Loaded ? $" Version {plugin.Version} runs on." : "")}",
    };

    /// <summary>What is put where others can change it is not what was checked.</summary>
    /// <exception cref="PluginRejectedException">They can.</exception>
    private static async Task CheckAsync(
        string dropFolder, ExposurePolicy policy, TextWriter error, CancellationToken cancellationToken)
    {
        var exposures = await DropFolderExposures.FindAsync(dropFolder, TimeProvider.System, cancellationToken);
        if (exposures.FirstOrDefault(exposure => exposure.IsGrave) is not { } grave) return;
        if (policy == ExposurePolicy.Refuse) throw new PluginRejectedException(grave.Reason, grave.Remedy);
        await error.WriteLineAsync($"Warning: {grave}");
    }

    private static async Task<int> InstallAsync(
        ConfigurationResult result, string path, bool asJson, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (result.PluginFolder is not { } dropFolder)
        {
            PrintedMistakes.Write(result, console.Error);
            return ExitCode.Mistakes;
        }

        try
        {
            using var folder = new TemporaryFolder("bridge-install-");
            // Its files are as trustworthy as whoever names them says they are.
            using var plugin = await ReceiveAsync(path, folder, result.PluginTrust, exposures: null, cancellationToken);
            await CheckAsync(dropFolder, result.ExposurePolicy, console.Error, cancellationToken);
            string entry = DropPlacement.Place(plugin, dropFolder);
            using var client = AdminClient.Of(result, TimeProvider.System);
            var view = await client.OrderPluginAsync($"plugin/take?entry={Uri.EscapeDataString(entry)}", cancellationToken);
            if (asJson) await console.Output.WriteLineAsync(AdminCommand.Json(view, AdminJson.Default.PluginView));
            else await (view.Ok ? console.Output : console.Error).SayAsync(Outcome(view));
            return view.Ok ? ExitCode.Success : ExitCode.Failure;
        }
        catch (AdminException exception) when (exception.Error.Error == AdminError.NotRunning)
        {
            string message = $"It is in {dropFolder}, and no gateway is running: it is loaded at the next start.";
            var done = new OrderView { Id = path, Order = "install", Message = message };
            if (asJson) await console.Output.WriteLineAsync(AdminCommand.Json(done, AdminJson.Default.OrderView));
            else await console.Output.SayAsync(message);
            return ExitCode.Success;
        }
        catch (AdminException exception)
        {
            return await AdminCommand.FailAsync(console, asJson, exception.Error, ExitCode.Failure);
        }
        catch (PluginRejectedException exception)
        {
            return await FailAsync(AdminError.Rejected, $" because {exception.Reason}: {exception.Remedy}.", ExitCode.Mistakes);
        }
        catch (TemporaryFolderException exception)
        {
            return await FailAsync(AdminError.DiskFailed, $": {exception.Message}", ExitCode.Failure);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(
                AdminError.DiskFailed,
                $": {exception.Message} Check the permissions and the free space of {dropFolder}.",
                ExitCode.Failure);
        }

        Task<int> FailAsync(string error, string why, int code) =>
            AdminCommand.FailAsync(console, asJson, new AdminError(error, $"{path} was not installed{why}"), code);
    }
}
