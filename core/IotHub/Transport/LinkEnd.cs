namespace BridgeFramework.IotHub;

/// <summary>How a connection ended.</summary>
/// <param name="How">In words, for a person.</param>
/// <param name="ByHub">The other side ended it, as far as the client library tells: it takes a reset for an orderly close.</param>
internal readonly record struct LinkEnd(string How, bool ByHub);
