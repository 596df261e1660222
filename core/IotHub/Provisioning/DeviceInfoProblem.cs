using System.Globalization;

namespace BridgeFramework.IotHub;

/// <summary>One thing to say about a <c>device_info.json</c>, for a person; never a secret.</summary>
/// <param name="Field">The field, such as <c>key_deviceinfo.deviceSecret</c>; empty for the whole file.</param>
/// <param name="Message">What is wrong, and what to do.</param>
public sealed record DeviceInfoProblem(string Field, string Message)
{
    /// <summary>The line in the file, from 1; 0 where only <see cref="Field"/> says where it is.</summary>
    public int Line { get; init; }

    /// <summary>The column, from 1; 0 where there is no line.</summary>
    public int Column { get; init; }

    /// <summary>The place and the message.</summary>
    public override string ToString() => string.Concat(
        Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: ") : "",
        Field.Length > 0 ? Field + ": " : "",
        Message);
}
