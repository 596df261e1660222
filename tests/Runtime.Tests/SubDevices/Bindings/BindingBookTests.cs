using System.Text;
using BridgeFramework.Configuration;
using BridgeFramework.Disks;
using BridgeFramework.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class BindingBookTests
{
    private const string Gateway = "GWPROD0001/gw1";
    private static readonly SubDevicePlan Meter = Simulation.Device("meter");
    private static readonly SubDevicePlan Lamp = Simulation.Device("lamp");

    private readonly ForgetfulDisk _disk = new();
    private readonly WatchedTime _time = new();
    private readonly FakeLogger<BindingBook> _log = new();

    private PrivateFile File => new PrivateFolder("/data", _disk.Mount()).File("bindings");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_noted_is_known_after_a_restart()
    {
        await WriteAsync(book =>
        {
            book.Note(Meter.Id, bound: true);
            book.Note(Lamp.Id, bound: true);
            book.Note(Lamp.Id, bound: false);
        });

        Assert.Equal((KnownBinding.Bound, KnownBinding.Unbound), KnownTo(Book()));
        Assert.Equal(0, _log.Collector.Count);
    }

    [Fact]
    public void Without_a_file_each_is_new()
    {
        Assert.Equal((KnownBinding.Never, KnownBinding.Never), KnownTo(Book()));
        Assert.Equal(0, _log.Collector.Count);
    }

    [Fact]
    public async Task What_was_bound_to_another_gateway_is_forgotten()
    {
        await WriteAsync(book => book.Note(Meter.Id, bound: false));

        Assert.Equal(KnownBinding.Never, Book(gateway: "GWPROD0001/gw2").Of(Meter.Id));
        Assert.Equal(4022, _log.LatestRecord.Id.Id);
    }

    public static TheoryData<string> Proofs => ["secret", "certificate", "product", "none"];

    [Theory]
    [MemberData(nameof(Proofs))]
    public async Task One_that_has_something_else_to_be_bound_with_counts_as_new_and_only_that_one(string other)
    {
        await WriteAsync(book =>
        {
            book.Note(Meter.Id, bound: false);
            book.Note(Lamp.Id, bound: false);
        });
        var bare = Meter with { Secret = null };
        var changed = other switch
        {
            "secret" => Meter with { Secret = new Secret("BBBB") },
            "certificate" => bare with { CertificateFile = "/etc/meter.crt" },
            "product" => bare with { ProductSecret = new Secret("AAAA") },
            _ => bare,
        };

        var book = Book(meter: changed);

        Assert.Equal((KnownBinding.Never, KnownBinding.Unbound), KnownTo(book));
        Assert.Equal(4023, _log.LatestRecord.Id.Id);
    }

    [Fact]
    public async Task What_else_changes_of_it_is_no_reason_to_bind_it_again()
    {
        await WriteAsync(book => book.Note(Meter.Id, bound: false));

        Assert.Equal(KnownBinding.Unbound, Book(meter: Meter with { DeviceType = "other", Points = [] }).Of(Meter.Id));
    }

    [Fact]
    public async Task What_is_known_of_one_that_the_plan_names_no_more_counts_when_it_is_named_again()
    {
        await WriteAsync(book => book.Note(Lamp.Id, bound: false));
        await WriteAsync(book =>
        {
            book.Note(Meter.Id, bound: true);
            book.Apply([Meter]); // without the lamp, and written so
        });

        var later = new BindingBook(new BindingsFile(File), Gateway, [Meter], _time, _log);
        later.Apply([Meter, Lamp]);
        Assert.Equal((KnownBinding.Bound, KnownBinding.Unbound), KnownTo(later));

        later.Apply([Meter, Lamp with { Secret = new Secret("BBBB") }]);
        Assert.Equal(KnownBinding.Never, later.Of(Lamp.Id));
        Assert.Equal(4023, Assert.Single(_log.Collector.GetSnapshot()).Id.Id);
    }

    [Fact]
    public async Task What_people_do_with_one_that_is_not_named_any_more_is_noted_and_of_a_stranger_nothing_is()
    {
        await WriteAsync(book =>
        {
            book.Note(Meter.Id, bound: true);
            book.Apply([]);
            book.Note(Meter.Id, bound: false);
            book.Note(Lamp.Id, bound: false);
        });

        Assert.Equal((KnownBinding.Unbound, KnownBinding.Never), KnownTo(Book()));
    }

    [Fact]
    public async Task One_that_the_gateway_unbound_itself_is_new()
    {
        await WriteAsync(book => book.Note(Meter.Id, bound: true));
        await WriteAsync(book => book.Forget(Meter.Id));

        Assert.Equal(KnownBinding.Never, Book().Of(Meter.Id));
    }

    [Fact]
    public async Task Of_those_that_went_the_last_two_thousand_are_kept()
    {
        await WriteAsync(book =>
        {
            book.Note(Lamp.Id, bound: false); // named all the time
            for (int n = 0; n < BindingBook.MostUnnamed + 2; n++)
            {
                book.Apply([Lamp, Simulation.Device($"gone{n}")]);
                book.Note(SubDeviceId.Parse($"SUBPROD001/gone{n}"), bound: true);
            }

            book.Apply([Lamp]);
        });

        var book = Book();
        Assert.Equal(KnownBinding.Unbound, book.Of(Lamp.Id));
        Assert.Equal(
            [KnownBinding.Never, KnownBinding.Never, KnownBinding.Bound],
            Enumerable.Range(0, 3).Select(n => book.Of(SubDeviceId.Parse($"SUBPROD001/gone{n}"))));
        Assert.InRange(File.TryRead(4 * 1024 * 1024)!.Length, 1, 300 * 1024); // just written
    }

    [Fact]
    public async Task No_secret_is_in_the_file()
    {
        await WriteAsync(book => book.Note(Meter.Id, bound: true));

        Assert.DoesNotContain("AAAA", Encoding.UTF8.GetString(File.TryRead(1024)!), StringComparison.Ordinal); // just written
    }

    [Fact]
    public async Task Any_one_flipped_bit_is_noticed_and_each_counts_as_bound()
    {
        await WriteAsync(book => book.Note(Meter.Id, bound: false));
        byte[] good = File.TryRead(1024)!; // just written

        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            File.Replace(bad);
            _log.Collector.Clear();

            Assert.Equal((KnownBinding.Bound, KnownBinding.Bound), KnownTo(Book()));
            Assert.Equal((LogLevel.Error, 4021), (_log.LatestRecord.Level, _log.LatestRecord.Id.Id));
        }
    }

    [Fact]
    public async Task A_file_that_ends_at_any_place_is_noticed()
    {
        await WriteAsync(book => book.Note(Meter.Id, bound: false));
        byte[] good = File.TryRead(1024)!; // just written

        for (int length = 0; length < good.Length; length++)
        {
            File.Replace(good.AsSpan(0, length));
            Assert.Equal(KnownBinding.Bound, Book().Of(Meter.Id));
            Assert.Equal(length + 1, _log.Collector.Count);
        }
    }

    public static TheoryData<string> Odd =>
    [
        "null\n", "{}\n", "[]\n", """{"version":2,"gateway":"GWPROD0001/gw1","subDevices":[]}""" + "\n",
        """{"version":1,"gateway":null,"subDevices":[]}""" + "\n", """{"version":1,"gateway":"GWPROD0001/gw1","subDevices":null}""" + "\n",
        string.Concat(Enumerable.Repeat("x", (4 * 1024 * 1024) + 1)),
    ];

    [Theory]
    [MemberData(nameof(Odd))]
    public void What_is_no_such_file_is_said_and_each_counts_as_bound(string content)
    {
        File.Replace(Encoding.UTF8.GetBytes(content));

        Assert.Equal((KnownBinding.Bound, KnownBinding.Bound), KnownTo(Book()));
        Assert.Contains("bridge device bind", Assert.Single(_log.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_said_and_each_counts_as_bound()
    {
        File.Replace("x"u8);
        _disk.Fails = (operation, _) => operation == DiskOperation.Read ? new IOException("a broken disk") : null;

        Assert.Equal(KnownBinding.Bound, Book().Of(Meter.Id));
        Assert.Contains("a broken disk", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_assumed_of_a_damaged_file_is_written_in_its_place()
    {
        File.Replace("x"u8);

        await WriteAsync(_ => { });
        _log.Collector.Clear();

        Assert.Equal((KnownBinding.Bound, KnownBinding.Bound), KnownTo(Book()));
        Assert.Equal(0, _log.Collector.Count);
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_is_said_once_and_tried_again_every_minute()
    {
        _disk.Fails = (operation, _) => operation == DiskOperation.Sync ? new IOException("the disk is full") : null;
        using var stop = new CancellationTokenSource();
        var book = Book();
        book.Note(Meter.Id, bound: true);
        var running = book.RunAsync(stop.Token);
        for (int attempt = 0; attempt < 3; attempt++)
        {
            Assert.Equal(BindingBook.AfterFailure, await _time.TimerArmed.ReadAsync(Ct).AsTask().OrFail("the wait for the disk"));
            if (attempt == 2) _disk.Fails = (_, _) => null;
            _time.Advance(BindingBook.AfterFailure);
        }

        Assert.Equal(BindingBook.BetweenWrites, await _time.TimerArmed.ReadAsync(Ct).AsTask().OrFail("the wait after a write"));
        Assert.Equal(KnownBinding.Bound, Book().Of(Meter.Id));
        Assert.Equal(4024, Assert.Single(_log.Collector.GetSnapshot()).Id.Id);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Many_changes_within_a_second_are_written_together()
    {
        using var stop = new CancellationTokenSource();
        var book = Book();
        var running = book.RunAsync(stop.Token);
        book.Note(Meter.Id, bound: true);
        Assert.Equal(BindingBook.BetweenWrites, await _time.TimerArmed.ReadAsync(Ct).AsTask().OrFail("the first write"));
        int syncs = _disk.Syncs;

        book.Note(Lamp.Id, bound: true);
        book.Note(Meter.Id, bound: false);
        Assert.Equal(syncs, _disk.Syncs);
        _time.Advance(BindingBook.BetweenWrites);
        await _time.TimerArmed.ReadAsync(Ct).AsTask().OrFail("the second write");

        Assert.Equal((KnownBinding.Unbound, KnownBinding.Bound), KnownTo(Book()));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static (KnownBinding Meter, KnownBinding Lamp) KnownTo(BindingBook book) => (book.Of(Meter.Id), book.Of(Lamp.Id));

    private BindingBook Book(string gateway = Gateway, SubDevicePlan? meter = null) =>
        new(new BindingsFile(File), gateway, [meter ?? Meter, Lamp], _time, _log);

    /// <summary>One life of a gateway.</summary>
    private async Task WriteAsync(Action<BindingBook> life)
    {
        using var stop = new CancellationTokenSource();
        var book = Book();
        life(book);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => book.RunAsync(stop.Token));
    }
}
