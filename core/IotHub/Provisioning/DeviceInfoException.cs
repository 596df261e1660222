namespace BridgeFramework.IotHub;

/// <summary>A <c>device_info.json</c> that cannot be used, with everything that is wrong with it.</summary>
public sealed class DeviceInfoException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="file">The file.</param>
    /// <param name="problems">At least one.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public DeviceInfoException(string file, IReadOnlyList<DeviceInfoProblem> problems, Exception? innerException = null)
        : base($"{file}: {string.Join("; ", problems)}", innerException) => (File, Problems) = (file, problems);

    /// <summary>Says nothing in particular.</summary>
    public DeviceInfoException()
        : this("The device information file cannot be used.")
    {
    }

    /// <summary>Says what is wrong.</summary>
    /// <param name="message">For a person.</param>
    public DeviceInfoException(string message)
        : base(message) => (File, Problems) = ("", [new DeviceInfoProblem("", message)]);

    /// <summary>Says what is wrong, with the cause.</summary>
    /// <param name="message">For a person.</param>
    /// <param name="innerException">The cause.</param>
    public DeviceInfoException(string message, Exception? innerException)
        : base(message, innerException) => (File, Problems) = ("", [new DeviceInfoProblem("", message)]);

    /// <summary>The file as it was given.</summary>
    public string File { get; }

    /// <summary>Every problem, for a person; never a secret.</summary>
    public IReadOnlyList<DeviceInfoProblem> Problems { get; }
}
