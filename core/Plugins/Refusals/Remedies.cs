namespace BridgeFramework.Plugins;

/// <summary>What several refusals say is to be done.</summary>
internal static class Remedies
{
    public const string CopyFolderAgain = "copy the plugin's folder again, completely";
    public const string CopyFileAgain = "copy the file again, completely";
}
