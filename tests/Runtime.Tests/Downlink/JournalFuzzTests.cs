using System.Buffers;
using System.Text;
using BridgeFramework.Fuzz;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Mutated journals of commands. BRIDGE_FUZZ sets how many (default 5000).</summary>
public sealed class JournalFuzzTests
{
    private const int Few = 5000;

    private static readonly byte[] Real = Encoding.UTF8.GetBytes(
        """
        {"journal":1,"term":0}
        {"entry":"intent","device":"SUBPROD001/m1","id":"c1","at":1700000000000}
        {"entry":"outcome","device":"SUBPROD001/m1","id":"c1","at":1700000000001,"reply":"{\"outcome\":\"done\",\"id\":\"c1\"}"}
        {"entry":"delivered","device":"SUBPROD001/m1","id":"c1","at":1700000000002}
        {"entry":"intent","device":"SUBPROD001/a-much-longer-name:of_a.device","id":"é\"\n😀","at":1700000000003}

        """);

    [Fact]
    public void What_the_disk_made_of_a_journal_is_taken_up_as_far_as_it_goes_and_written_anew_without_damage()
    {
        foreach (byte[] bytes in new Mutations(seed: 20261130, Real).Take(Few))
        {
            try
            {
                var journal = Recalled(bytes);
                var content = new ArrayBufferWriter<byte>();
                foreach (var (entry, command) in journal.Take().Whole ?? []) JournalLine.Write(content, entry, command);
                Assert.Equal(0, Recalled(content.WrittenMemory).Status.DamagedLines);
            }
            catch (InvalidDataException)
            {
                // A newer version has written it, as far as can be seen: it is left alone.
            }
            catch (Exception exception)
            {
                Assert.Fail($"{exception}\nof {Convert.ToHexString(bytes)}");
            }
        }
    }

    private static CommandJournal Recalled(ReadOnlyMemory<byte> content)
    {
        var journal = new CommandJournal(new CommandJournalOptions(), TimeProvider.System, NullLogger<CommandJournal>.Instance);
        journal.Recall(content);
        return journal;
    }
}
