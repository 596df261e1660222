namespace BridgeFramework.Plugins;

/// <summary>Settings of a driver, as written in the configuration, cannot be read.</summary>
/// <remarks>Holds text only: an exception of the plugin kept as a cause would keep the plugin in memory.</remarks>
public sealed class SettingsException : Exception
{
    /// <summary>Settings cannot be read.</summary>
    public SettingsException()
    {
    }

    /// <summary>Settings cannot be read.</summary>
    /// <param name="message">What is wrong and what was expected.</param>
    public SettingsException(string message)
        : base(message)
    {
    }

    /// <summary>Settings cannot be read.</summary>
    /// <param name="message">What is wrong and what was expected.</param>
    /// <param name="innerException">The cause; not one that a plugin threw.</param>
    public SettingsException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Settings cannot be read.</summary>
    /// <param name="path">Where, see <see cref="Path"/>.</param>
    /// <param name="message">What is wrong and what was expected.</param>
    public SettingsException(string path, string message)
        : base(message) => Path = path;

    /// <summary>Where within the settings, such as <c>$.serial.baudRate</c>; <c>$</c> for the settings as a whole.</summary>
    public string Path { get; } = "$";
}
