using System.Runtime.ExceptionServices;
using BridgeFramework.Plugins;
using BridgeFramework.Printing;

// The last step of a plugin's build. What is wrong is one line in the form that MSBuild takes for an error.
if (args is not [var folder, var id, var version, var assembly])
{
    Console.WriteLine("error BRP003: expected the arguments FOLDER ID VERSION ASSEMBLY.");
    return 1;
}

// A thread that the plugin has begun may fail at any time.
ExceptionHandling.SetUnhandledExceptionHandler(exception =>
{
    Report("BRP001", $"it threw {exception.GetType().Name} on a thread of its own: {exception.Message}");
#pragma warning disable RS0030 // A program of its own, on a thread of somebody else.
    Environment.Exit(1);
#pragma warning restore RS0030
    return true;
});
try
{
    var manifest = await PluginSeal.WriteAsync(
        folder, new PluginIdentity { Id = id, Version = version, Assembly = assembly }, CancellationToken.None);
    Console.WriteLine(
        $"{manifest} is sealed: {manifest.Files.Count} files, drivers {string.Join(", ", manifest.Drivers)}, digest {manifest.Digest}");
    return 0;
}
catch (PluginRejectedException exception)
{
    Report("BRP001", $"{exception.Reason}: {exception.Remedy}.");
}
#pragma warning disable CA1031 // A build shows one line, whatever happens; a stack would hide it.
catch (Exception exception)
#pragma warning restore CA1031
{
    Report("BRP002", $"its folder {folder} cannot be sealed: {exception.GetType().Name}: {exception.Message}");
}

return 1;

void Report(string code, string text) =>
    Console.WriteLine(ForeignText.OneLine($"error {code}: Plugin '{id}': {text}"));
