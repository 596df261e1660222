namespace BridgeFramework.Plugins;

/// <summary>A plugin's own copy of the contract, which must not be.</summary>
internal static class OwnContract
{
    /// <exception cref="PluginRejectedException">The plugin brings the contract, which then would exist
    /// twice: nothing would fit.</exception>
    public static void Refuse(IEnumerable<string> files)
    {
        string contract = $"{ContractVersion.AssemblyName}.dll";
        if (files.FirstOrDefault(f => Path.GetFileName(f).Equals(contract, StringComparison.OrdinalIgnoreCase)) is not { } found) return;
        throw new PluginRejectedException(
            $"it brings its own copy of the contract ({found}), and this gateway has {ContractVersion.OfThisGateway}",
            $"set <PluginId> in the plugin's project, so that its build leaves {contract} out, and rebuild it");
    }
}
