using System.Text;
using BridgeFramework;
using BridgeFramework.Drivers;

namespace Example.Links;

/// <summary>Questions and answers in lines of ASCII text, over a link that a <see cref="ReconnectLoop"/> keeps up.</summary>
/// <remarks>
/// One question at a time: callers take turns with a <see cref="RequestBus"/>. While the link is being opened for the first time,
/// or again after it worked, a question waits for that; while it is down it fails at once. A line that answers nothing, such as an
/// answer that comes too late, is skipped.
/// </remarks>
/// <param name="timeout">The longest wait for an answer; for the link too.</param>
/// <param name="time">The clock.</param>
/// <param name="maxLength">The longest line in bytes: a device that never ends its line must not fill the memory.</param>
public sealed class TextLine(TimeSpan timeout, TimeProvider time, int maxLength = 256) : ILinkSession
{
    private volatile TaskCompletionSource<Connection?> _link = NewLink();
    private volatile string _downReason = "";
    private Question? _question;

    /// <summary>Sends a line and waits for the one that answers it.</summary>
    /// <param name="question">ASCII, without the line end.</param>
    /// <param name="isAnswer">Whether a line answers it. Called on the thread that reads; must be quick and not throw.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The line, without its end.</returns>
    /// <exception cref="DeviceUnreachableException">No answer in time.</exception>
    /// <exception cref="LinkDownException">The link is down, or ended before the answer came.</exception>
    /// <exception cref="InvalidOperationException">Another question is under way.</exception>
    public async Task<string> AskAsync(string question, Func<string, bool> isAnswer, CancellationToken cancellationToken)
    {
        var asked = new Question(isAnswer);
        if (Interlocked.CompareExchange(ref _question, asked, null) is not null)
            throw new InvalidOperationException("Another question is under way: take turns with a RequestBus.");
        try
        {
            var connection = await _link.Task.WaitAsync(timeout, time, cancellationToken) ?? throw new LinkDownException(_downReason);
            await connection.Stream.WriteAsync(Encoding.ASCII.GetBytes(question + "\n"), cancellationToken);
            await Task.WhenAny(asked.Answer.Task, connection.Ended.Task).WaitAsync(timeout, time, cancellationToken);
            return asked.Answer.Task.IsCompleted ? await asked.Answer.Task : throw new LinkDownException($"The link ended before '{question}' was answered.");
        }
        catch (TimeoutException e)
        {
            throw new DeviceUnreachableException(
                $"No answer to '{question}' within {timeout.TotalSeconds:0.###} s. Check the address, the wiring and the device's power.", e);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new LinkDownException($"'{question}' could not be sent: {e.Message}", e);
        }
        finally
        {
            Volatile.Write(ref _question, null);
        }
    }

    /// <inheritdoc/>
    public async Task<string> ServeAsync(Stream stream, Action alive, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(alive);
        var connection = new Connection(stream);
        if (!_link.TrySetResult(connection)) (_link = NewLink()).SetResult(connection);
        try
        {
            return await ReadAsync(stream, alive, stopping);
        }
        finally
        {
            // Questions wait from here on until the link is open again or known to be down.
            _link = NewLink();
            connection.Ended.SetResult();
        }
    }

    /// <inheritdoc/>
    public void LinkLost(string reason)
    {
        _downReason = reason;
        _link.TrySetResult(null);
    }

    private static TaskCompletionSource<Connection?> NewLink() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<string> ReadAsync(Stream stream, Action alive, CancellationToken stopping)
    {
        byte[] buffer = new byte[maxLength + 1];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), stopping);
            if (read == 0) return "The other side closed the connection.";
            length += read;
            int start = 0;
            for (int end; (end = buffer.AsSpan(start, length - start).IndexOf((byte)'\n')) >= 0; start += end + 1)
            {
                alive();
                Hear(Encoding.ASCII.GetString(buffer, start, end).TrimEnd('\r'));
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
        }

        return $"The other side sent a line of more than {maxLength} bytes: check that the port is the right one.";
    }

    private void Hear(string line)
    {
        if (Volatile.Read(ref _question) is { } question && question.IsAnswer(line)) question.Answer.TrySetResult(line);
    }

    private sealed record Question(Func<string, bool> IsAnswer)
    {
        public TaskCompletionSource<string> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Connection(Stream Stream)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
