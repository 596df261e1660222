using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>Says in the data folder that code of plugins runs which is not proven, as long as nobody has asked the gateway to end: whoever
/// finds it at a start knows that the process before died.</summary>
/// <param name="file">Where it is.</param>
/// <param name="boot">Which start of the machine this is: a power cut is nobody's doing.</param>
internal sealed class RunMark(PrivateFile file, string boot)
{
    private const int MaxLength = 1024;

    private readonly Lock _gate = new();
    private bool _isSet;
    private bool _isOver;

    /// <summary>The file in a data folder.</summary>
    public static PrivateFile FileIn(PrivateFolder data) => data.File("plugins-run");

    /// <summary>The run that died, a name that no other has; <see langword="null"/> where none did. To be asked before the first is
    /// set.</summary>
    public string? FindDead()
    {
        try
        {
            return file.TryRead(MaxLength) is { } content && Encoding.UTF8.GetString(content) is var run
                && run.StartsWith($"{boot} ", StringComparison.Ordinal) ? run : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Such code is about to run.</summary>
    public void Set()
    {
        lock (_gate)
        {
            if (_isSet || _isOver) return;
            _isSet = true;
            Try(() => file.Replace(Encoding.UTF8.GetBytes($"{boot} {Guid.NewGuid():N}")));
        }
    }

    /// <summary>The death of the run before has been written down.</summary>
    public void Forget() => Try(file.Delete);

    /// <summary>The gateway has been asked to end: whatever happens from here on is no death.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            if (!_isSet) return;
            _isSet = false;
            Try(file.Delete);
        }
    }

    private static void Try(Action act)
    {
        try
        {
            act();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then a death is not noticed, or a stop is taken for one: half of the new plugins wait for some minutes.
        }
    }
}
