using BridgeFramework.Files;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What is kept of an update, as it was written by versions before this one and is by this one.</summary>
public sealed class UpdateRecordTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-records-");
    private readonly FakeLogger<UpdateRecords> _log = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_record_of_before_there_were_offers_is_read_as_it_was()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "b1b38ce2da45e63e73c13714.json"), """
            {"device":"SUBPROD001/m1","task":{"version":"1.0.0","size":100,"md5":"1864c7bdedbe7c28714025ff5a0d871a","url":"http://files/fw.bin"},
             "phase":"HandingOver","createdAt":"2026-01-01T00:00:00+00:00","from":"0.1.0","hasBegun":true,"failures":1,"openTurns":1,
             "spent":"01:00:00","code":"Success","reason":"It is slow.","isReported":false,"next":null}
            """);

        var record = Found;

        Assert.Equal((UpdatePhase.HandingOver, true, 1, TimeSpan.FromHours(1)), (
            record.Phase, record.HasBegun, record.OpenAttempts, record.Spent));
        Assert.Equal((null, false, true), (record.Offered, record.IsOffer, record.IsHandOver));
        Assert.Equal(0, _log.Collector.Count);
    }

    [Fact]
    public void An_offer_is_read_as_it_was_written()
    {
        var task = new IotHub.FirmwareTask
        {
            Version = "1.0.0",
            Size = 100,
            Md5 = "1864c7bdedbe7c28714025ff5a0d871a",
            Url = new Uri("http://files/fw.bin"),
        };
        var offer = new UpdateRecord
        {
            Device = "SUBPROD001/m1",
            Task = task,
            Phase = UpdatePhase.Offered,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Reason = "",
            Offered = TimeSpan.FromDays(3),
        };

        Records.Write(offer);

        Assert.Equal(offer, Found);
        Assert.True(offer is { IsOffer: true, IsHandOver: true });
    }

    private UpdateRecord Found => Assert.IsType<UpdateRecord>(Records.Find(FirmwareBench.Id(1)));

    private UpdateRecords Records => new(new PrivateFolder(_folder.FullName), _log);
}
