namespace BridgeFramework.Runtime;

/// <summary>What loading a configuration gave: a valid one, or what is wrong with it.</summary>
public sealed class ConfigurationResult
{
    internal ConfigurationResult(GatewayConfiguration? configuration, IReadOnlyList<ConfigurationMistake> mistakes, ConfigurationSource? source)
    {
        Configuration = configuration;
        Mistakes = mistakes;
        Source = source;
    }

    /// <summary>The configuration; <see langword="null"/> when there is any mistake that is not a warning.</summary>
    public GatewayConfiguration? Configuration { get; }

    /// <summary>All mistakes and warnings, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; }

    /// <summary>The texts it was read from, with their positions; <see langword="null"/> when there was nothing readable.</summary>
    internal ConfigurationSource? Source { get; }
}
