namespace BridgeFramework.Runtime;

/// <summary>The file that the journal of commands is kept in. A seam: a disk, or a fake that fails, loses power and is killed.</summary>
/// <remarks>One caller at a time. Members throw <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/> when the disk does not do it.</remarks>
internal interface ICommandLog
{
    /// <summary>Where it is, for messages.</summary>
    string Name { get; }

    /// <summary>What is there, of too much the end; empty when there is nothing yet.</summary>
    ValueTask<JournalContent> ReadAsync();

    /// <summary>Adds lines at the end. After a failure any part of them may be there.</summary>
    /// <param name="lines">Whole lines.</param>
    /// <param name="sync">Whether they, and all before them, outlive a loss of power once this has ended.
    /// Without it they outlive the process only.</param>
    ValueTask AppendAsync(ReadOnlyMemory<byte> lines, bool sync);

    /// <summary>Puts other content in the place of all that is there, and syncs it. After a failure or a loss
    /// of power the old content is there or the new.</summary>
    ValueTask ReplaceAsync(ReadOnlyMemory<byte> content);
}

/// <summary>What the file of the journal holds.</summary>
/// <param name="Lines">The lines; the last may have no end.</param>
/// <param name="Skipped">How many bytes before them were too much to be read.</param>
internal readonly record struct JournalContent(ReadOnlyMemory<byte> Lines, long Skipped);
