namespace BridgeFramework.Runtime;

/// <summary>What a configuration was read from: the same values, each with its origin.</summary>
/// <param name="Overlaid">As the file, the environment and the command line give it.</param>
/// <param name="Expanded">With defaults filled in, ranges spelled out and device types merged. Has the form of <c>bridge.json</c>, too.</param>
internal sealed record ConfigurationSource(ConfigurationNode Overlaid, ConfigurationNode Expanded);
