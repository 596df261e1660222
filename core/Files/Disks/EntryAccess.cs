using System.Runtime.InteropServices;

namespace BridgeFramework.Files;

/// <summary>Who may change something, as a file system of Unix has it.</summary>
/// <param name="Owner">The number of the user that it belongs to.</param>
/// <param name="Mode">What its owner, its group and everybody may do with it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EntryAccess(uint Owner, UnixFileMode Mode);
