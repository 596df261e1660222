using System.Buffers;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>Makes messages of records: one profile's way of saying things upwards.</summary>
/// <remarks>Used by one caller at a time.</remarks>
internal interface IUplinkEncoder
{
    /// <summary>How many records it can use for one message.</summary>
    int MaxRecords { get; }

    /// <summary>Makes one message of the first samples of a batch.</summary>
    /// <param name="records">The records; at least one.</param>
    /// <param name="skipped">How many samples at the beginning of the first record are done.</param>
    /// <param name="number">The number of the first sample that is not.</param>
    /// <param name="output">Takes the payload; empty before.</param>
    /// <exception cref="InvalidDataException">The first record is damaged.</exception>
    UplinkMessage Encode(IReadOnlyList<OutboxRecord> records, int skipped, SampleNumber number, ArrayBufferWriter<byte> output);
}

/// <summary>What kind of message an encoder has made.</summary>
/// <param name="IsEvent">Whether it goes where events go.</param>
/// <param name="Items">How many samples it holds; an event counts as one.</param>
internal readonly record struct UplinkMessage(bool IsEvent, int Items);
