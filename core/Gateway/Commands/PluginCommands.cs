using System.CommandLine;
using BridgeFramework.Configuration;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;
using Spectre.Console;

namespace BridgeFramework.Gateway;

/// <summary><c>bridge plugin …</c>: the plugins of the running gateway, seen, brought in and taken out.</summary>
internal static class PluginCommands
{
    public static Command Create(ConfigurationOptions options) =>
        new("plugin", "Shows the plugins of the running gateway, brings them in, replaces them and takes them out.")
    {
        List(options),
        Show(options),
        Verify(options),
        PluginInstallCommand.Create(options),
        Order(options, "remove", "Takes a plugin out and removes it from the plugin folder; its channels wait.", plugin =>
            $"Plugin {plugin.Name} {plugin.Version} is removed."),
        Order(options, "reload", "Loads what is in the plugin folder again: out of quarantine, or a new instance of the same version.",
            PluginInstallCommand.Outcome, plugin => plugin.Ok),
        Order(options, "rollback", "Brings the version before back; during a trial, ends it.", plugin =>
            $"Plugin {plugin.Name} {plugin.Version} runs again."),
    };

    private static Command List(ConfigurationOptions options) =>
        new Command("list", "Lists the plugins; what was not loaded first.").Asking(
            options,
            (client, _, cancellationToken) => client.GetAsync("plugins", AdminJson.Default.PluginListView, cancellationToken),
            PrintedPlugins.List);

    private static Command Show(ConfigurationOptions options)
    {
        var id = IdArgument();
        return new Command("show", "Shows one plugin with its channels, its digest and the version before.") { id }.Asking(
            options,
            (client, parsed, cancellationToken) =>
                client.GetAsync("plugin" + AdminCommand.Query(parsed, id), AdminJson.Default.PluginView, cancellationToken),
            PrintedPlugins.Detail);
    }

    private static Command Verify(ConfigurationOptions options)
    {
        var path = PluginInstallCommand.PathArgument();
        var json = AdminCommand.JsonOption();
        var command = new Command("verify",
            "Checks a plugin without loading it: manifest, digests, contract, platform, trust. Needs no running gateway.") { path, json };
        options.AddToChecking(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                using var folder = new TemporaryFolder("bridge-verify-");
                var result = options.Load(parsed);
                string named = parsed.GetValue(path) ?? "";
                using var plugin = await PluginInstallCommand.ReceiveAsync(
                    named, folder, result.PluginTrust, IsDropped(named, result) ? result.ExposurePolicy : null, cancellationToken);
                var view = PluginManifestView.Of(plugin.Manifest);
                if (parsed.GetValue(json)) await output.WriteLineAsync(AdminCommand.Json(view, AdminJson.Default.PluginManifestView));
                else Terminal.Of(output).Write(PrintedPlugins.Manifest(view));
                return ExitCode.Success;
            }
            catch (PluginRejectedException exception)
            {
                string message = $"{parsed.GetValue(path)} cannot be loaded because {exception.Reason}: {exception.Remedy}.";
                return await AdminCommand.FailAsync(
                    parsed.InvocationConfiguration, parsed.GetValue(json), new AdminError(AdminError.Rejected, message), ExitCode.Mistakes);
            }
            catch (TemporaryFolderException exception)
            {
                string message = $"{parsed.GetValue(path)} cannot be checked: {exception.Message}";
                return await AdminCommand.FailAsync(
                    parsed.InvocationConfiguration,
                    parsed.GetValue(json),
                    new AdminError(AdminError.DiskFailed, message),
                    ExitCode.Failure);
            }
        });
        return command;
    }

    /// <summary>Whether it is where the gateway would take it from: one elsewhere is installed first, as files of our own.</summary>
    private static bool IsDropped(string path, ConfigurationResult result) => path.Length > 0
        && string.Equals(
            Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))),
            result.PluginFolder,
            StringComparison.Ordinal);

    private static Command Order(
        ConfigurationOptions options,
        string order,
        string description,
        Func<PluginView, string> message,
        Func<PluginView, bool>? isDone = null)
    {
        var id = IdArgument();
        return new Command(order, description) { id }.Asking(
            options,
            (client, parsed, cancellationToken) =>
                client.OrderPluginAsync($"plugin/{order}{AdminCommand.Query(parsed, id)}", cancellationToken),
            plugin => [new Markup(Terminal.Shown(message(plugin)) + "\n")],
            isDone: isDone);
    }

    private static Argument<string> IdArgument() => new("ID") { Description = "The plugin's id, as 'bridge plugin list' shows it." };
}
