using System.CommandLine;
using BridgeFramework.Configuration;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>The options that say which configuration is meant; every command has them.</summary>
internal sealed class ConfigurationOptions
{
    private readonly Option<string> _folder = new("--config", "-c")
    {
        Description = $"The folder that holds {ConfigurationLoader.FileName}, or the file itself.",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
    };

    private readonly Option<string[]> _settings = new("--set")
    {
        Description = "A value that takes precedence over the file, such as hub.port=1884; may be given several times.",
        HelpName = "PATH=VALUE",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _allowsExposures = new("--allow-unsafe-permissions")
    {
        Description = "Uses files and folders that other users can change, and says which; as BRIDGE_ALLOW_UNSAFE_PERMISSIONS=1 does.",
    };

    /// <summary>Adds them, and for a command that goes by permissions the one that lifts that.</summary>
    public void AddToChecking(Command command)
    {
        AddTo(command);
        command.Options.Add(_allowsExposures);
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_folder);
        command.Options.Add(_settings);
    }

    public ConfigurationResult Load(ParseResult parsed)
    {
        string folder = parsed.GetValue(_folder) is { Length: > 0 } given ? given : ".";
        var result = ConfigurationLoader.Load(folder, parsed.GetValue(_settings));
        return parsed.GetValue(_allowsExposures) ? result.AllowingExposures() : result;
    }
}
