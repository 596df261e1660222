using BridgeFramework.Files;

namespace BridgeFramework.Configuration;

/// <summary>Something that others can change, and the place in the configuration that names it.</summary>
/// <param name="Origin">The place.</param>
/// <param name="Exposure">Who can change what.</param>
internal sealed record NamedExposure(Origin Origin, Exposure Exposure);
