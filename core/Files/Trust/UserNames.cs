using System.Globalization;
using System.Text;

namespace BridgeFramework.Files;

/// <summary>The names of the users of this machine, for messages. Those of a directory service are not known: asking it may take for
/// ever.</summary>
/// <remarks>Source: passwd(5).</remarks>
internal sealed class UserNames
{
    private const string File = "/etc/passwd";
    private const int MaxLength = 4 * 1024 * 1024;
    private readonly Lazy<Dictionary<string, string>> _names;

    /// <summary>Those of this machine.</summary>
    public UserNames()
        : this(ReadFile)
    {
    }

    internal UserNames(Func<string> read) => _names = new Lazy<Dictionary<string, string>>(() => NamesIn(read()));

    /// <returns><see langword="null"/> where the number has no name.</returns>
    public string? Find(uint id) => _names.Value.GetValueOrDefault(id.ToString(CultureInfo.InvariantCulture));

    private static Dictionary<string, string> NamesIn(string passwd)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in passwd.Split('\n'))
            if (line.Split(':') is [{ Length: > 0 } name, _, var number, ..]) names.TryAdd(number, name); // of two names the first
        return names;
    }

    private static string ReadFile()
    {
        try
        {
            return Encoding.UTF8.GetString(NamedFile.Read(File, MaxLength));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
