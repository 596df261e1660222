using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>Somebody named a sub-device that the gateway does not know.</summary>
public sealed class UnknownSubDeviceException : Exception
{
    /// <summary>Says nothing in particular.</summary>
    public UnknownSubDeviceException()
        : this("The gateway does not know that sub-device.")
    {
    }

    /// <summary>Says which one.</summary>
    /// <param name="message">For a person: what was written, and what may have been meant.</param>
    public UnknownSubDeviceException(string message)
        : base(message)
    {
    }

    /// <summary>Says which one, with the cause.</summary>
    /// <param name="message">For a person: what was written, and what may have been meant.</param>
    /// <param name="innerException">The cause.</param>
    public UnknownSubDeviceException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal static UnknownSubDeviceException Of(string written, IEnumerable<SubDeviceId> known)
    {
        var ids = known.ToList();
        string shown = written.Length > 100 ? written[..100] + "…" : written;
        // Who leaves the product out means a name that is there only once.
        var named = ids.Where(id => string.Equals(id.DeviceName, written, StringComparison.Ordinal)).ToList();
        string? meant = named.Count == 1 ? named[0].ToString() : NearName.Find(written, ids.Select(id => id.ToString()));
        string remedy = (meant, ids.Count) switch
        {
            (not null, _) => $"did you mean '{meant}'?",
            (_, 0) => "it has none: add it to a channel in bridge.json or to subDev in device_info.json.",
            _ => "'bridge device list' shows those it has.",
        };
        return new UnknownSubDeviceException($"This gateway has no sub-device '{shown}': {remedy}");
    }
}
