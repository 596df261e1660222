namespace BridgeFramework.Modbus;

/// <summary>Sends an image in blocks. Where one is lost for good the unit is asked how far it is, and it goes on from there.</summary>
/// <param name="window">The unit's window, which says how far it is.</param>
/// <param name="write">Carries the blocks.</param>
/// <param name="image">The image.</param>
/// <param name="acknowledged">Told how many bytes the unit has acknowledged, after each block.</param>
internal sealed class BlockSender(UnitWindow window, BlockWrite write, IFirmwareImage image, Action<long> acknowledged)
{
    /// <summary>So many rounds may the unit be asked how far it is and be no further.</summary>
    private const int MaxBarrenRounds = 3;

    /// <summary>Sends what is left.</summary>
    /// <param name="word">The first word to send.</param>
    /// <param name="blockWords">The longest block.</param>
    /// <param name="firstFile">The file of word 0.</param>
    /// <param name="cancellationToken">Gives up between blocks.</param>
    /// <exception cref="DriverException">The unit takes no more.</exception>
    public async Task SendAsync(long word, int blockWords, int firstFile, CancellationToken cancellationToken)
    {
        long total = WordsOf(image);
        long furthest = word;
        int barren = 0;
        while (word < total)
        {
            var place = FileBlock.At(word, total, blockWords, firstFile);
            await write.FillAsync(image, word, place, cancellationToken);
            var outcome = await window.SendAsync(write, cancellationToken);
            if (outcome.IsDone)
            {
                word += place.Words;
                acknowledged(Math.Min(2 * word, image.Size));
                continue;
            }

            string subject = $"the block at byte {2 * word} of {image.Size}";
            if (outcome.Exception.IsBusy() || outcome.Exception == ExceptionCode.IllegalFunction) throw window.Failure(outcome, subject);
            if ((await window.LookAsync(cancellationToken)).IsDone)
            {
                if (window.Status.State != WindowState.Receiving)
                    throw window.Refusal(
                        window.Status, $"took {2 * word} of {image.Size} bytes of version {image.Version} and then no more");
                // It may have taken the block without saying so, but none that it was not sent.
                word = Math.Min(window.Status.Received / 2, word + place.Words);
            }

            barren = word > furthest ? 0 : barren + 1;
            furthest = Math.Max(furthest, word);
            if (barren == MaxBarrenRounds) throw window.Failure(outcome, subject);
        }
    }

    /// <summary>How many words an image takes.</summary>
    public static long WordsOf(IFirmwareImage image) => (image.Size + 1) / 2;
}
