namespace BridgeFramework.IotHubEmulator;

/// <summary>The body of an answer on its way through a fault: slowed down, or silently cut off.</summary>
internal sealed class StruckBody(Stream inner, DownloadFault fault, TimeProvider time) : AnswerBody(inner)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private long _written;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (fault.Kind is DownloadFaultKind.Cut)
        {
            // What is missing in the end makes the server close the connection.
            buffer = buffer[..(int)Math.Min(buffer.Length, fault.Bytes - _written)];
            await Inner.WriteAsync(buffer, cancellationToken);
            await Inner.FlushAsync(cancellationToken);
            _written += buffer.Length;
            return;
        }

        while (!buffer.IsEmpty)
        {
            if (_written > 0 && _written % fault.Bytes == 0) await Task.Delay(Pause, time, cancellationToken);
            var part = buffer[..(int)Math.Min(buffer.Length, fault.Bytes - _written % fault.Bytes)];
            await Inner.WriteAsync(part, cancellationToken);
            await Inner.FlushAsync(cancellationToken);
            _written += part.Length;
            buffer = buffer[part.Length..];
        }
    }
}
