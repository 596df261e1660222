namespace BridgeFramework.Runtime;

/// <summary>The texts a configuration was read from, with their positions.</summary>
internal sealed class ConfigurationSource;
