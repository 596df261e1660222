using BridgeFramework.Files;

namespace BridgeFramework.Plugins.Tests;

/// <summary>What a gateway removes at its start: its own, and nothing that only stands where its own would.</summary>
public sealed class VaultLeftoversTests : IDisposable
{
    private const string Copy = "0123456789abcdef0123456789abcdef";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-vault-");

    [Fact]
    public void Copies_of_plugins_that_are_not_known_and_what_was_being_unpacked_go()
    {
        Write($"known/{Copy}/a.dll");
        Write($"left/{Copy}/a.dll");
        Write($"left/.copy-{Copy}/a.dll");
        Write(".unpacked-00112233445566778899aabbccddeeff/b/a.dll");

        RemoveLeftovers();

        Assert.Equal([$"known/{Copy}/a.dll"], Left(), StringComparer.Ordinal);
        Assert.Equal(["known"], Directory.GetDirectories(_folder.FullName).Select(Path.GetFileName), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("modbus/modbus.dll")]
    [InlineData("modbus/plugin.json")]
    [InlineData("modbus.zip")]
    [InlineData("wordpress/x/y")]
    [InlineData("other/0123456789abcdef0123456789abcdef0/a.dll")]
    [InlineData("other/0123456789ABCDEF0123456789abcdef/a.dll")]
    [InlineData("other/.copy-0123/a.dll")]
    [InlineData(".unpacked-photos/a.jpg")]
    public void What_is_somebody_elses_stays(string file)
    {
        Write(file);
        Write($"left/{Copy}/a.dll");
        Write("left/note.txt");

        RemoveLeftovers();

        Assert.Equal(new[] { file, "left/note.txt" }.Order(StringComparer.Ordinal), Left(), StringComparer.Ordinal);
    }

    [Fact]
    public void What_a_link_leads_to_stays()
    {
        Write($"elsewhere/left/{Copy}/a.dll");
        string vault = Path.Combine(_folder.FullName, "vault");
        Directory.CreateDirectory(vault);
        Directory.CreateSymbolicLink(Path.Combine(vault, "left"), Path.Combine(_folder.FullName, "elsewhere/left"));

        new PluginVault(vault, PluginTrust.Any, TimeProvider.System).RemoveLeftovers([]);

        Assert.Contains($"elsewhere/left/{Copy}/a.dll", Left(), StringComparer.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void RemoveLeftovers() =>
        new PluginVault(_folder.FullName, PluginTrust.Any, TimeProvider.System).RemoveLeftovers(["known"]);

    private void Write(string file)
    {
        string path = Path.Combine(_folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // a file stands in a folder
        File.WriteAllText(path, "");
    }

    private IEnumerable<string> Left() =>
        Directory.EnumerateFiles(_folder.FullName, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.FullName, file)).Order(StringComparer.Ordinal);
}
