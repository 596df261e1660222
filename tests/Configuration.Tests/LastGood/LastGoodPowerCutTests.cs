using BridgeFramework.Disks;
using BridgeFramework.Files;

namespace BridgeFramework.Configuration.Tests;

/// <summary>However keeping the files of a configuration is interrupted, those of one are there, whole.</summary>
public sealed class LastGoodPowerCutTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public LastGoodPowerCutTests() => _folder.WriteSecret("test1", "s");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Those_of_the_one_or_of_the_other_are_there()
    {
        var (before, after) = (FilesOf("1502"), FilesOf("1503"));

        int steps = await PowerCuts.TryAllAsync(new PowerCutScenario(
            disk => Keep(disk, before),
            disk => Keep(disk, after),
            (disk, ended) => Check(disk, ended ? [after] : [before, after])));

        Assert.True(steps > 5, $"There were only {steps} steps.");
    }

    [Fact]
    public async Task The_first_ones_are_there_or_none()
    {
        var first = FilesOf("1502");

        await PowerCuts.TryAllAsync(new PowerCutScenario(
            _ => Task.CompletedTask,
            disk => Keep(disk, first),
            (disk, ended) => Check(disk, ended ? [first] : [null, first])));
    }

    [Fact]
    public async Task Keeping_them_again_makes_safe_what_a_killed_process_wrote()
    {
        var files = FilesOf("1502");

        await PowerCuts.TryAllAsync(new PowerCutScenario(
            disk => Keep(disk, files),
            disk => Keep(disk, files),
            (disk, _) => Check(disk, [files])));
    }

    private static Task Keep(IDisk disk, ConfigurationFiles files)
    {
        KeptOn(disk).Keep(files, DateTimeOffset.UnixEpoch);
        return Task.CompletedTask;
    }

    private static Task Check(IDisk disk, IReadOnlyList<ConfigurationFiles?> expected)
    {
        string? found = KeptOn(disk).TryRead() is { } kept ? TextOf(kept.Contents) : null;
        Assert.Contains(
            found,
            expected.Select(files => files is null ? null : TextOf(files.All.Select(file => file.Content!.Value))), // ! they could be read
            StringComparer.Ordinal);
        return Task.CompletedTask;
    }

    private static string TextOf(IEnumerable<ReadOnlyMemory<byte>> contents) =>
        string.Join('\n', contents.Select(content => Convert.ToHexString(content.Span)));

    private static LastGoodFiles KeptOn(IDisk disk) => new(new PrivateFolder("/data", disk));

    private ConfigurationFiles FilesOf(string port) =>
        _folder.Load(ConfigurationFolder.Example.Replace("1502", port, StringComparison.Ordinal)).Files;
}
