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
        Description = "A value that wins over the file, such as hub.port=1884; may be given several times.",
        HelpName = "PATH=VALUE",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_folder);
        command.Options.Add(_settings);
    }

    public ConfigurationResult Load(ParseResult parsed)
    {
        string folder = parsed.GetValue(_folder) is { Length: > 0 } given ? given : ".";
        return ConfigurationLoader.Load(folder, parsed.GetValue(_settings));
    }
}
