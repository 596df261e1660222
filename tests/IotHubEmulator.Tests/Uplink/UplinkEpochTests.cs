using System.Globalization;
using System.Text;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class UplinkEpochTests
{
    private const string Old = "k3f7aq2d";
    private const string New = "x7q2mmab";
    private readonly UplinkRecord _record = new(samplesKept: 100);
    private long _messages;

    private UplinkLane Lane => Assert.Single(Assert.Single(_record.Snapshot()).Lanes);

    [Fact]
    public void A_message_of_an_old_epoch_that_comes_again_after_a_new_one_began_is_a_repetition_and_nothing_else()
    {
        Add(Old, 17, 1, 2);
        Add(New, 19, 3);
        Add(Old, 17, 1, 2);
        Add(New, 20, 4);
        Assert.Equal((4, 2, 0), (Lane.Counts.Samples, Lane.Counts.Repeated, Lane.Counts.NotCompared));
        Assert.Equal((0, 0, 0), (Lane.Counts.Conflicts, Lane.Counts.OutOfOrder, Lane.Counts.Missing));
        Assert.Equal($"{Old} 17..18, {New} 19..20", Epochs());
    }

    [Fact]
    public void What_is_new_of_an_old_epoch_is_not_out_of_order_after_a_new_one_began()
    {
        Add(New, 1000, 1);
        Add(Old, 17, 2);
        Assert.Equal((2, 0, 0), (Lane.Counts.Samples, Lane.Counts.OutOfOrder, Lane.Counts.Missing));
    }

    [Fact]
    public void One_number_with_two_contents_in_two_epochs_is_no_conflict()
    {
        Add(Old, 1, 1);
        Add(New, 1, 2);
        Assert.Equal((2, 0, 0, 0), (Lane.Counts.Samples, Lane.Counts.Repeated, Lane.Counts.Conflicts, Lane.Counts.OutOfOrder));
    }

    [Fact]
    public void One_number_with_two_contents_in_one_epoch_is_a_conflict_though_another_epoch_came_between()
    {
        Add(Old, 1, 1);
        Add(New, 1, 2);
        Add(Old, 1, 2);
        Assert.Equal((2, 0, 1), (Lane.Counts.Samples, Lane.Counts.Repeated, Lane.Counts.Conflicts));
        var conflict = Assert.Single(Assert.Single(Lane.Epochs, epoch => epoch.ConflictsFound.Count > 0).ConflictsFound);
        Assert.Equal((1, 3, 1), (conflict.Number, conflict.Message, conflict.EarlierMessage));
    }

    [Fact]
    public void Gaps_count_within_an_epoch_from_its_first_number_on()
    {
        Add(Old, 5, 1);
        Add(Old, 8, 1);
        Add(New, 100, 1);
        Add(New, 102, 1);
        Assert.Equal(3, Lane.Counts.Missing);
        Assert.Equal(["6..7", "101"], Lane.Epochs.Select(epoch => string.Join(' ', epoch.Gaps)), StringComparer.Ordinal);
    }

    [Fact]
    public void Sixteen_epochs_are_kept_and_one_more_takes_the_place_of_the_one_that_was_heard_of_longest_ago()
    {
        for (int i = 0; i < LaneRecord.MaxEpochs; i++) Add(Name(i), 1, i, i);
        for (int i = 0; i < LaneRecord.MaxEpochs; i++) Add(Name(i), 1, i, i);
        Assert.Equal((32, 32, 0), (Lane.Counts.Samples, Lane.Counts.Repeated, Lane.ForgottenEpochs));

        Add(Name(0), 5, 7);
        Add(New, 1, 1);   // in the place of Name(1)
        Assert.Equal((LaneRecord.MaxEpochs, 1), (Lane.Epochs.Count, Lane.ForgottenEpochs));
        Assert.Equal(New, Lane.Newest.Epoch);
        Assert.DoesNotContain(Lane.Epochs, epoch => epoch.Epoch == Name(1));
        Assert.Equal((34, 32, 2, 34), (Lane.Counts.Samples, Lane.Counts.Repeated, Lane.Counts.Missing, Lane.Counts.Messages));

        Add(Name(0), 5, 7);
        Assert.Equal((34, 33), (Lane.Counts.Samples, Lane.Counts.Repeated));
        Add(Name(1), 1, 1, 1);   // not known any more
        Assert.Equal((36, 33, 2), (Lane.Counts.Samples, Lane.Counts.Repeated, Lane.ForgottenEpochs));
    }

    [Fact]
    public void A_gateway_that_begins_ever_new_epochs_takes_no_more_memory_and_all_it_sent_is_counted()
    {
        for (int i = 0; i < 1000; i++) Add(Name(i), 1, i);
        Assert.Equal((1000, 1000), (Lane.Counts.Samples, Lane.Counts.Messages));
        Assert.Equal((LaneRecord.MaxEpochs, 1000 - LaneRecord.MaxEpochs), (Lane.Epochs.Count, Lane.ForgottenEpochs));
    }

    private static string Name(int number) =>
        string.Concat(
            number.ToString("00000000", CultureInfo.InvariantCulture).Select(digit => (char)(digit - '0' + 'a')));

    private string Epochs() => string.Join(", ", Lane.Epochs.Select(epoch => $"{epoch.Epoch} {epoch.First}..{epoch.Last}"));

    /// <summary>A message whose first sample has the given number.</summary>
    private void Add(string epoch, long sequence, params int[] values)
    {
        string members = string.Join(',', values.Select((value, place) => $"\"p{place}\":{value}"));
        string payload = string.Create(
            CultureInfo.InvariantCulture, $$$"""{"seq":{{{sequence}}},"epoch":"{{{epoch}}}","timestamp":1000,"values":{{{{members}}}}}""");
        _record.Add(Example.Test1, ++_messages, Encoding.UTF8.GetBytes(payload));
    }
}
