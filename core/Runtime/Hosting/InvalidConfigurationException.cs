using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>A gateway cannot start with its configuration.</summary>
public sealed class InvalidConfigurationException : Exception
{
    /// <summary>Says what is wrong with a configuration.</summary>
    /// <param name="result">The configuration, with its mistakes.</param>
    public InvalidConfigurationException(ConfigurationResult result)
        : base(string.Join(Environment.NewLine, result.Mistakes.Where(mistake => !mistake.IsWarning))) => Result = result;

    /// <summary>The configuration, with every mistake and its place, warnings included.</summary>
    public ConfigurationResult Result { get; }
}
