namespace BridgeFramework.Configuration;

/// <summary>What a configuration was read from: the same values, each with its origin.</summary>
/// <param name="Effective">As the file, the environment, the command line and the defaults give it.</param>
/// <param name="Expanded">With paths absolute, ranges spelled out and device types merged. Has the form of <c>bridge.json</c>, too.</param>
/// <param name="Zone">The time zone that its maintenance windows go by.</param>
internal sealed record ConfigurationSource(ConfigurationNode Effective, ConfigurationNode Expanded, GatewayZone Zone);
