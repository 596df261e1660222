using BridgeFramework.Files;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class PluginBookTests : IDisposable
{
    private static readonly PluginVersion One = new("1.0.0", new string('1', 64));
    private static readonly PluginVersion Two = new("2.0.0", new string('2', 64));
    private readonly string _folder = Directory.CreateTempSubdirectory("book-").FullName;
    private readonly FakeLogger<PluginBook> _log = new();

    private string File => Path.Combine(_folder, "plugins.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_there_after_a_restart()
    {
        var record = new PluginRecord("lamps", "lamps.zip", One, Previous: null, new PluginTrial(Two, ["line1", "line2"]));
        var quarantined = new QuarantinedPlugin("lamps", Two, "it failed", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        new PluginBook(PrivateFile.At(File), _log).Write(PluginRecords.None.With(record).WithQuarantined(quarantined));

        var read = new PluginBook(PrivateFile.At(File), _log).Records;
        Assert.Equal((record.Current, "lamps.zip", Two), (
            read.Find("lamps")?.Current, read.Find("lamps")?.Entry, read.Find("lamps")?.Trial?.Candidate));
        Assert.Equal(["line1", "line2"], read.Find("lamps")?.Trial?.Channels);
        Assert.Equal(quarantined, read.FindQuarantined(Two.Digest));
        Assert.Null(read.FindQuarantined(One.Digest));
        Assert.Equal(0, _log.Collector.Count);
    }

    [Fact]
    public void The_file_is_the_owners_alone()
    {
        new PluginBook(PrivateFile.At(File), _log).Write(PluginRecords.None);
        if (OperatingSystem.IsWindows()) return; // it has other permissions
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"plugins":null,"quarantine":[]}""")]
    [InlineData("""{"plugins":[null],"quarantine":[]}""")]
    [InlineData("""{"plugins":[{"id":null,"entry":"x"}],"quarantine":[]}""")]
    [InlineData("""{"plugins":[]}""")]
    [InlineData("""{"plugins":[{"id":"\ud800","entry":"x","current":null}],"quarantine":[]}""")]
    [InlineData("""{"plugins":[{"id":"\ud800\ud800","entry":"x","current":{"version":1,"digest":2}}],"quarantine":[]}""")]
    public void Whatever_the_file_holds_the_gateway_starts(string content)
    {
        System.IO.File.WriteAllText(File, content);
        var book = new PluginBook(PrivateFile.At(File), _log);
        Assert.Empty(book.Records.Plugins);
        Assert.Null(book.Records.FindQuarantined(One.Digest));
        book.Write(book.Records.With(new PluginRecord("lamps", "lamps", One)));
        Assert.Equal(One, new PluginBook(PrivateFile.At(File), _log).Records.Find("lamps")?.Current);
    }

    [Theory]
    [InlineData("""{"id":"../..","entry":"x","current":null}""")]
    [InlineData("""{"id":"lamps","entry":"/etc","current":null}""")]
    [InlineData("""{"id":"lamps","entry":"x","current":{"version":"1","digest":"../.."}}""")]
    [InlineData("""{"id":"lamps","entry":"x","current":null,"previous":{"version":"1","digest":".."}}""")]
    [InlineData("""{"id":"lamps","entry":"x","current":null,"trial":{"candidate":{"version":"1","digest":"a/b"},"channels":[]}}""")]
    [InlineData("""{"id":"lamps","entry":"x","current":null,"trial":{"candidate":{"version":"1","digest":"a"},"channels":["../../etc"]}}""")]
    public void A_name_that_would_lead_elsewhere_counts_as_damage_and_becomes_no_path(string record)
    {
        System.IO.File.WriteAllText(File, $$"""{"plugins":[{{record}}],"quarantine":[]}""");
        Assert.Empty(new PluginBook(PrivateFile.At(File), _log).Records.Plugins);
        Assert.Contains("cannot be the name of a file", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_last_hundred_in_quarantine_are_kept()
    {
        var records = Enumerable.Range(0, 150).Aggregate(
            PluginRecords.None, (all, i) =>
                all.WithQuarantined(new QuarantinedPlugin("lamps", new PluginVersion($"{i}", $"{i}"), "why", DateTimeOffset.UnixEpoch)));
        Assert.Equal(100, records.Quarantine.Count);
        Assert.NotNull(records.FindQuarantined("149"));
    }
}
