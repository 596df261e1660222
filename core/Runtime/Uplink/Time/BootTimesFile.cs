using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>Where the times of the machine's starts are kept, a line of JSON for each; the last 256.</summary>
internal sealed partial class BootTimesFile(PrivateFile file)
{
    private const int Kept = 256;
    private const int MaxLength = 256 * 1024;

    /// <summary>What it holds.</summary>
    /// <param name="problem">Why something of it cannot be used; null if nothing is wrong.</param>
    public IReadOnlyList<BootTime> Read(out string? problem)
    {
        problem = null;
        var boots = new List<BootTime>();
        try
        {
            if (file.TryRead(MaxLength) is not { } content) return boots;
            foreach (string line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                try
                {
                    if (JsonSerializer.Deserialize(line, BootTimesJson.Default.BootTime) is { Number: > 0, Id: not null } boot)
                        boots.Add(boot);
                }
                catch (JsonException exception)
                {
                    // The others are good, and their numbers must not be given again.
                    problem = $"'{file.Path}' is damaged: {exception.Message}";
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"'{file.Path}' cannot be read: {exception.Message}";
        }

        return [.. boots.DistinctBy(boot => boot.Number)];
    }

    /// <exception cref="IOException">It cannot be written; what it held is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(IReadOnlyCollection<BootTime> boots)
    {
        var text = new StringBuilder();
        foreach (var boot in boots.OrderBy(boot => boot.Number).TakeLast(Kept))
            text.Append(JsonSerializer.Serialize(boot, BootTimesJson.Default.BootTime)).Append('\n');
        file.Replace(Encoding.UTF8.GetBytes(text.ToString()));
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(BootTime))]
    private sealed partial class BootTimesJson : JsonSerializerContext;
}
