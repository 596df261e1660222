using BridgeFramework.IotHub;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway.Tests;

public sealed class PrintedUpdatesTests
{
    private static readonly DateTimeOffset Ordered = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(UpdatePhase.Held, "held for approval")]
    [InlineData(UpdatePhase.Downloading, "downloading, [########------------]  40 %")]
    [InlineData(UpdatePhase.Queued, "queued")]
    [InlineData(UpdatePhase.Offered, "offered")]
    [InlineData(UpdatePhase.HandingOver, "being handed over, [########------------]  40 %")]
    [InlineData(UpdatePhase.Confirming, "being confirmed")]
    [InlineData(UpdatePhase.Done, "done")]
    [InlineData(UpdatePhase.Failed, "failed")]
    public void There_is_a_bar_only_while_bytes_are_on_their_way(UpdatePhase phase, string line) =>
        Assert.Equal($"1.0.0 -> 2.0.0 {line}", PrintedUpdates.Line(View(Update("P/a", phase))));

    [Fact]
    public void A_list_has_a_line_for_each_with_its_reason_last_and_a_summary()
    {
        FirmwareUpdateStatus[] updates =
        [
            Update("P/a", UpdatePhase.Held) with { Reason = "It waits for an operator." },
            Update("P/b", UpdatePhase.Downloading) with { From = null },
            Update("P/c", UpdatePhase.Done),
            Update("P/gateway", UpdatePhase.Failed) with { Channel = "", Reason = "[red]\u001b no" },
        ];

        string text = Printed(new FirmwareListView
        {
            Counts = FirmwareCountsView.Of(updates),
            ImageBytes = 3 << 19,
            Updates = [.. updates.Select(View)],
        });

        Assert.Equal(
            """
              device     channel  versions          phase              progress                      why
              P/a        line1    1.0.0 -> 2.0.0    held for approval                                It waits for an operator.
              P/b        line1    unknown -> 2.0.0  downloading        [########------------]  40 %
              P/c        line1    1.0.0 -> 2.0.0    done
            ! P/gateway  -        1.0.0 -> 2.0.0    failed                                           [red]? no

            4 updates: 2 under way (1 held for approval), 1 done, 1 failed. Images kept: 1.5 MiB.

            """,
            text);
    }

    [Theory]
    [InlineData(0, "success")]
    [InlineData(-1, "the download timed out")]
    [InlineData(-2, "there is no such file")]
    [InlineData(-3, "the signature of the address was not good any more")]
    [InlineData(-4, "the file is not the one that was announced")]
    [InlineData(-5, "the update failed")]
    public void What_the_hub_is_told_is_shown_with_its_meaning(int code, string words)
    {
        var update = Update("P/a", code == 0 ? UpdatePhase.Done : UpdatePhase.Failed) with
        {
            Result = (FirmwareResultCode)code,
            IsReported = true,
        };

        string text = Printed(View(update));

        Assert.Matches($"(?m)^result +{code} \\({words}\\)\nhub +knows how it ended$", text);
        Assert.Equal(code != 0, text.Contains("try again  bridge firmware retry P/a\n", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_known_of_an_update_that_is_handed_over_is_shown()
    {
        var update = Update("P/a", UpdatePhase.HandingOver) with
        {
            Stage = FirmwareStage.Transferring,
            Failures = 1,
            NextVersion = "3.0.0",
        };

        Assert.Equal(
            """
            P/a  1.0.0 -> 2.0.0  being handed over

            channel   line1
            progress  [########------------]  40 %
            stage     the image is on its way
            image     1000 bytes
            ordered   2 min ago, 2026-01-02 03:04:05 UTC
            failures  1 hand-over failed
            next      3.0.0, when this one has ended

            """,
            Printed(View(update)));
    }

    [Fact]
    public void Of_an_offer_it_is_shown_how_long_it_stands_and_how_much_longer()
    {
        var update = Update("P/a", UpdatePhase.Offered) with { Elapsed = TimeSpan.FromHours(3), Left = TimeSpan.FromHours(165) };

        Assert.Equal("1.0.0 -> 2.0.0 offered, 6 days left", PrintedUpdates.Line(View(update)));
        Assert.Equal(
            """
            P/a  1.0.0 -> 2.0.0  offered

            channel  line1
            time     3 h gone, 6 days left
            image    1000 bytes
            ordered  2 min ago, 2026-01-02 03:04:05 UTC

            """,
            Printed(View(update)));
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(512L << 20, "512 MiB")]
    [InlineData(3L << 29, "1.5 GiB")]
    [InlineData(1L << 40, "1 TiB")]
    [InlineData(1L << 50, "1024 TiB")]
    public void Bytes_are_told_in_their_largest_unit(long bytes, string words) => Assert.Equal(words, Words.Bytes(bytes));

    private static FirmwareUpdateStatus Update(string id, UpdatePhase phase) => new()
    {
        Id = SubDeviceId.Parse(id),
        Channel = "line1",
        Version = "2.0.0",
        From = "1.0.0",
        Phase = phase,
        Size = 1000,
        Bytes = 409,
        CreatedAt = Ordered,
        Failures = 0,
        Result = FirmwareResultCode.Success,
        IsReported = false,
    };

    private static FirmwareUpdateView View(FirmwareUpdateStatus update) =>
        FirmwareUpdateView.Of(update, Ordered + TimeSpan.FromSeconds(125));

    private static string Printed(FirmwareListView list) => Printed(output => output.Write(PrintedUpdates.List(list)));

    private static string Printed(FirmwareUpdateView update) => Printed(output => output.Write(PrintedUpdates.Detail(update)));

    private static string Printed(Action<Terminal> write)
    {
        using var output = new StringWriter { NewLine = "\n" };
        write(Terminal.Of(output));
        return output.ToString();
    }
}
