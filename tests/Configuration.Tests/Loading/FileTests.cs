using BridgeFramework.Disks;

namespace BridgeFramework.Configuration.Tests;

/// <summary>The file itself, whatever it holds.</summary>
public sealed class FileTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_no_regular_file_is_a_mistake_and_never_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        OddEntries.MakeFifo(_folder.In("bridge.json"));

        var mistake = Assert.Single(ConfigurationLoader.Load(_folder.Path).Mistakes);

        Assert.Equal(
            $"the file cannot be read: '{_folder.In("bridge.json")}' is a FIFO, a socket or a device, and a regular file is expected.",
            mistake.Message);
    }

    [Fact]
    public void A_link_to_a_file_is_followed()
    {
        if (OperatingSystem.IsWindows()) return;
        File.WriteAllText(_folder.In("of-the-cluster.json"), """{ "channels": {} }""");
        File.CreateSymbolicLink(_folder.In("bridge.json"), _folder.In("of-the-cluster.json"));

        Assert.True(ConfigurationLoader.Load(_folder.Path).IsValid);
    }

    /// <summary>A gateway that runs is to be found while somebody edits its file.</summary>
    [Theory]
    [InlineData("""{ "data": { "folder": "/var/x" }, oops """, "/var/x")]
    [InlineData("""{ oops, "data": { /* here */ "folder" : "/var/\u0078" """, "/var/x")]
    [InlineData("""{ "data": { "folder": "/var/\ud800" }, oops """, null)]
    [InlineData("""{ "data": { "folder": "/var/x""", null)]
    [InlineData("""{ "data": { }, "plugins": { "folder": "/var/y" }, oops """, null)]
    [InlineData("", null)]
    [InlineData("\0\0\0", null)]
    public void Of_a_broken_file_the_data_folder_is_assumed_and_nothing_else(string text, string? expected)
    {
        File.WriteAllText(_folder.In("bridge.json"), text);

        var result = ConfigurationLoader.Load(_folder.Path);

        Assert.Equal(expected ?? _folder.In("data"), result.DataFolder);
        Assert.Equal(result.DataFolder, result.AssumedDataFolder);
        Assert.Null(result.PluginFolder);
        Assert.Single(result.Mistakes);
        Assert.Equal("/srv/z", ConfigurationLoader.Load(_folder.Path, ["data.folder=/srv/z"]).DataFolder);
    }

    [Fact]
    public void Of_a_file_in_order_nothing_is_assumed()
    {
        File.WriteAllText(_folder.In("bridge.json"), """{ "channels": {} }""");
        Assert.Null(ConfigurationLoader.Load(_folder.Path).AssumedDataFolder);
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_read()
    {
        using (var file = File.Create(_folder.In("bridge.json"))) file.SetLength(ConfigurationLoader.MaxFileLength + 1L);

        var mistake = Assert.Single(ConfigurationLoader.Load(_folder.Path).Mistakes);

        Assert.Contains($"expected at most {ConfigurationLoader.MaxFileLength}", mistake.Message, StringComparison.Ordinal);
    }
}
