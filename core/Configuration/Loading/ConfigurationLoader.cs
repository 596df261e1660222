using BridgeFramework.Files;

namespace BridgeFramework.Configuration;

/// <summary>Reads a gateway's configuration: <c>bridge.json</c>, overlaid by the environment, overlaid by the command line; and the
/// <c>device_info.json</c> that it names.</summary>
public static class ConfigurationLoader
{
    /// <summary>The name of the file in a configuration folder.</summary>
    public const string FileName = "bridge.json";

    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxFileLength = ConfigurationFile.MaxLength;

    /// <summary>Reads and checks a configuration. Starts nothing, changes nothing, and throws on no content.</summary>
    /// <param name="location">The configuration folder, which holds <c>bridge.json</c>, or the file itself. Relative paths inside are
    /// relative to its folder.</param>
    /// <param name="settings">Values that win over the file, each <c>path=value</c>, such as
    /// <c>hub.port=1884</c>; <see langword="null"/> for none.</param>
    /// <param name="environment">The environment: <c>BRIDGE__hub__port</c> takes precedence over the file, <c>env:NAME</c> secrets are
    /// looked up here; <see langword="null"/> for that of the process.</param>
    /// <returns>The configuration, or every mistake in it. What drivers demand is not yet checked.</returns>
    public static ConfigurationResult Load(
        string location, IEnumerable<string>? settings = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(location);
        string path = Path.GetFullPath(location);
        if (Directory.Exists(path)) path = Path.Combine(path, FileName);
        environment ??= Overlay.ProcessEnvironment();
        var place = new ConfigurationPlace(path, [.. settings ?? []], environment, GatewayZone.Here(environment));
        return Load(place, new ConfigurationReading());
    }

    /// <summary>The same for a text that has been read already.</summary>
    internal static ConfigurationResult Load(
        string file, ReadOnlyMemory<byte> text, string baseDirectory, IEnumerable<string> settings,
            IReadOnlyDictionary<string, string> environment, GatewayZone zone)
    {
        var place = new ConfigurationPlace(Path.Combine(baseDirectory, file), [.. settings], environment, zone);
        var reading = new ConfigurationReading();
        reading.Note(place.File, text);
        return Load(new Content(file, text, [], IsOpen: false), place, reading, keptAt: null);
    }

    /// <summary>The same for files of which copies may be kept.</summary>
    /// <param name="place">Where it comes from.</param>
    /// <param name="reading">Reads its files.</param>
    /// <param name="keptAt">Since when those that are kept are.</param>
    internal static ConfigurationResult Load(ConfigurationPlace place, ConfigurationReading reading, DateTimeOffset? keptAt = null)
    {
        var (read, mistake) = reading.KeptOf(place.File) is { } kept
            ? (new Content(reading.Called(place.File, Path.GetFileName(place.File)), kept, [], IsOpen: false), null)
            : ReadFile(place.File);
        reading.Note(place.File, read?.Text);
        return read is not null
            ? Load(read, place, reading, keptAt)
            : new ConfigurationResult(null, [mistake!], null, new ConfigurationFiles(place, reading.Files));   // ! one of the two is there
    }

    /// <summary>Where the data folder is most likely, of a file that cannot be read: where the environment or the command line say, else
    /// where it is by default.</summary>
    internal static string? AssumeDataFolder(ConfigurationPlace place) => StandIn(place, BrokenFile.StandIn(default)).DataFolder;

    private static ConfigurationResult StandIn(ConfigurationPlace place, ReadOnlyMemory<byte> text) =>
        Load(new Content(FileName, text, [], IsOpen: false), place, new ConfigurationReading(), keptAt: null);

    private static ConfigurationResult Load(
        Content file, ConfigurationPlace place, ConfigurationReading reading, DateTimeOffset? keptAt)
    {
        var mistakes = new List<ConfigurationMistake>();
        var exposures = new ExposureSearch();
        exposures.Add(new Origin { Source = file.Name }, file.Exposures);
        if (JsonTreeReader.Read(file.Name, file.Text, mistakes) is not { } root)
        {
            return new ConfigurationResult(null, mistakes, null, new ConfigurationFiles(place, reading.Files) { KeptAt = keptAt })
            {
                AssumedDataFolder = StandIn(place, BrokenFile.StandIn(file.Text)).DataFolder,
                Exposures = exposures.Found,
            };
        }

        var overlay = new Overlay(mistakes);
        root = overlay.ApplyCommandLine(overlay.ApplyEnvironment(root, place.Environment), place.Settings);
        new SchemaValidator(mistakes).Validate(root, GatewaySchema.Root);
        if (file.IsOpen && SecretModes.FirstIn(root, file.Name) is { } secret)
            mistakes.Add(secret.Origin.Mistake(
                $"other users can read or change the file that this secret stands in: chmod 600 {file.Name}, or put the secret into a file "
                    + "of its own (\"file:…\").",
                isWarning: true));
        root = ConfigurationDefaults.Fill(root);
        var expanded = new ConfigurationExpansion(root, place.Folder, reading, mistakes).Expand();
        var secrets = new SecretReader(place.Folder, place.Environment, exposures, mistakes).ReadAll(expanded);

        var identity = new GatewayIdentity(expanded, place.Folder, reading, exposures, mistakes).Read();
        exposures.LookAtNamed(expanded);
        if (place.Zone.Mistake() is { } unknown) mistakes.Add(unknown);
        bool valid = mistakes.TrueForAll(m => m.IsWarning);

        var source = new ConfigurationSource(root, expanded, place.Zone);
        var plan = valid && identity is not null ? new ConfigurationBinding(secrets).Bind(expanded, identity) : null;
        return new ConfigurationResult(plan, mistakes, source, new ConfigurationFiles(place, reading.Files) { KeptAt = keptAt })
        {
            Exposures = exposures.Found,
            ExposurePolicy = ExposurePolicies.Of(expanded["hub"], place.Environment),
        };
    }

    private static (Content? Read, ConfigurationMistake? Mistake) ReadFile(string path)
    {
        ConfigurationMistake Wrong(string message) => new() { File = path, Message = message };
        try
        {
            using var file = NamedFile.OpenRead(path);
            if (file.Length > MaxFileLength) return (null, Wrong($"the file has {file.Length} bytes: expected at most {MaxFileLength}."));
            var text = new byte[file.Length];
            int length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            var read = text.AsMemory(0, length);
            return (new Content(Path.GetFileName(path), read, Exposures.Of(path, file), SecretModes.IsOpen(file)), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, Wrong(
                $"there is no configuration here. Name the folder that holds {FileName} (for bridge: --config DIR), or begin one with: "
                + """{ "hub": { "deviceInfo": "device_info.json" }, "channels": {} }"""));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, Wrong($"the file cannot be read: {e.Message}"));
        }
    }

    /// <summary>A file that was read.</summary>
    /// <param name="Name">Its name, without its folder.</param>
    /// <param name="Text">What is in it.</param>
    /// <param name="Exposures">Who else can change it.</param>
    /// <param name="IsOpen">Whether others can read it.</param>
    private sealed record Content(string Name, ReadOnlyMemory<byte> Text, IReadOnlyList<Exposure> Exposures, bool IsOpen);
}
