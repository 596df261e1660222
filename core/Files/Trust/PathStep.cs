namespace BridgeFramework.Files;

/// <summary>One name on the way to something. Whoever may change it decides what is found there.</summary>
/// <param name="Path">Its path, in which no other part is a link.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Access">Who may change it.</param>
internal sealed record PathStep(string Path, EntryKind Kind, EntryAccess Access);
