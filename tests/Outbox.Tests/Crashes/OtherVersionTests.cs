using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.Outbox.Tests;

/// <summary>Folders that another version of the gateway has written.</summary>
public sealed class OtherVersionTests
{
    private const string Epoch = "abcdefgh";

    [Fact]
    public async Task A_folder_of_the_version_in_which_nobody_leaves_is_taken_over()
    {
        await using var bench = await WithAsync(version: 2);
        bench.StartAgain();

        Assert.Empty(bench.Outbox.Status.Damage);
        Assert.Equal(Epoch, bench.Outbox.Status.Epoch);
        var ledger = bench.Ledger("a");
        Assert.Equal((10, 8, 1, 1), (ledger.Reported, ledger.Acknowledged, ledger.Pending, ledger.Dropped[DropReason.Expired]));
        bench.Outbox.RemoveOwner("a");
        bench.Outbox.AddOwners(["b", "a"]);
        bench.Kill();
        Assert.Equal((11, 1), (bench.Append("a", "next").FirstSequence, bench.Append("b", "first").FirstSequence));
        Assert.Equal(1, bench.Ledger("a").Dropped[DropReason.Removed]);
        Assert.Equal(Epoch, bench.Outbox.Status.Epoch);
        bench.AssertBalanced();
    }

    [Fact]
    public async Task A_folder_of_a_later_version_is_left_alone()
    {
        await using var bench = await WithAsync(version: 4);
        var files = bench.AllFiles.ToList();
        var refused = Assert.Throws<IOException>(bench.StartAgain);
        Assert.Contains("of another version. Use the version of the gateway that wrote it", refused.Message, StringComparison.Ordinal);
        Assert.Equal(files, bench.AllFiles, StringComparer.Ordinal);
    }

    /// <summary>A folder with a segment that has one record, behind eight that have arrived and one that has expired.</summary>
    private static async Task<OutboxBench> WithAsync(int version)
    {
        var bench = new OutboxBench();
        await bench.Outbox.DisposeAsync();
        var disk = bench.Disk.Mount();
        foreach (string name in bench.AllFiles.ToList()) disk.Delete($"{OutboxBench.Folder}/{name}");
        var writer = new FrameWriter();
        long[] none = new long[6];
        byte[] snapshot = [.. writer.Begin(FrameKind.Snapshot).Number(version).Text("boot").Number(1000).Number(0)
            .Number(1).Number(1).Text(Epoch).Number(0)
            .Number(1).Text("a").Number(1).Number(8).Number(0).Numbers(none)
            .Number(9).Number(1 << 20).Number(9).Number(8).Numbers(none)
            .Number(1).Number(1 << 20).Number(1).Number(0).Numbers(none).End()];
        byte[] expired = [.. Append(9, "nine"), .. writer.Begin(FrameKind.Dropped).Number(1).Number(10).Number((int)DropReason.Expired)
            .Numbers([0, 0, 1, 0, 0, 0]).End()];
        using var file = disk.Open($"{OutboxBench.Folder}/{1:x16}.outbox", DiskAccess.Create);
        file.Write(0, [.. snapshot, .. expired, .. Append(10, "ten")]);
        file.Sync();
        bench.Disk.Kill();
        return bench;

        byte[] Append(int number, string text) => [.. writer.Begin(FrameKind.Append).Number(1).Number(1).Number(number).Number(1)
            .Number(1000 + number).Number(number).Number(0).Bytes(Encoding.UTF8.GetBytes(text)).End()];
    }
}
