namespace BridgeFramework.Configuration;

/// <summary>Loads the last good files in the place of a configuration that is not valid.</summary>
internal static class LastGoodLoading
{
    /// <param name="refused">What is not valid.</param>
    /// <param name="keptIn">Gives what is kept in a data folder.</param>
    public static ConfigurationResult? Load(ConfigurationResult refused, Func<string, LastGoodFiles> keptIn)
    {
        var place = refused.Files.Place;
        if ((refused.DataFolder ?? ConfigurationLoader.AssumeDataFolder(place)) is not { } data) return null;
        try
        {
            if (keptIn(data).TryRead() is not { } kept) return null;
            var files = kept.List.Files.Select(file => file.PathFrom(place.Folder)).ToList();
            if (!string.Equals(files[0], place.File, StringComparison.Ordinal))
                return Refuse(place, data, $"they are those of '{files[0]}'.");
            var loaded = ConfigurationLoader.Load(
                place,
                new ConfigurationReading(files.Zip(kept.Contents).ToDictionary(StringComparer.Ordinal)),
                kept.List.KeptAt);
            // They came with the folder: whatever waits in the one that they name has gone on, or was never there.
            return string.Equals(loaded.DataFolder, data, StringComparison.Ordinal) ? loaded
                : Refuse(place, data, $"they name another data folder, '{loaded.DataFolder}'.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Refuse(place, data, $"they cannot be read: {exception.Message.TrimEnd('.')}.");
        }
    }

    private static ConfigurationResult Refuse(ConfigurationPlace place, string data, string why) => new(
        null,
        [
            new ConfigurationMistake
            {
                File = Path.Combine(data, LastGoodFiles.FolderName),
                Message = $"the last good files are of no use: {why}",
            },
        ],
        null,
        new ConfigurationFiles(place, []));
}
