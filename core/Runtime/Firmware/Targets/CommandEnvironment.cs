using System.Diagnostics;

namespace BridgeFramework.Runtime;

/// <summary>What the command of a self-update is given of the gateway: nothing but the way to programs, the language, the time zone and
/// where to put things. The gateway's variables hold secrets (<c>env:</c>, proxies) and its connection to the service manager.</summary>
/// <remarks>Documented in <c>docs/operating.md</c>.</remarks>
internal static class CommandEnvironment
{
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // Each by its name: of a prefix such as LC_ an operator may have made a secret's.
    private static readonly string[] Passed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LC_ALL", "LC_ADDRESS", "LC_COLLATE", "LC_CTYPE",
        "LC_IDENTIFICATION", "LC_MEASUREMENT", "LC_MESSAGES", "LC_MONETARY", "LC_NAME", "LC_NUMERIC", "LC_PAPER", "LC_TELEPHONE", "LC_TIME",
        "XDG_RUNTIME_DIR", // where 'systemctl --user' finds its manager
    ];

    // Without these a program does not start on Windows.
    private static readonly string[] PassedOnWindows =
        ["SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "ProgramData", "ProgramFiles"];

    /// <summary>Gives a command that, and what there is to know about the update.</summary>
    /// <param name="start">How it is started.</param>
    /// <param name="image">The image.</param>
    /// <param name="from">The version that runs now.</param>
    public static void Fill(ProcessStartInfo start, StoredImage image, string from)
    {
        var variables = start.Environment;
        var kept = Passed.Concat(OperatingSystem.IsWindows() ? PassedOnWindows : [])
            .Select(name => (Name: name, Value: variables.TryGetValue(name, out string? value) ? value : null))
            .Where(variable => variable.Value is not null).ToList();
        variables.Clear();
        if (!OperatingSystem.IsWindows()) variables["PATH"] = UsualPath;
        foreach (var (name, value) in kept) variables[name] = value;
        variables["BRIDGE_UPDATE_IMAGE"] = image.Path;
        variables["BRIDGE_UPDATE_SHA256"] = Convert.ToHexStringLower(image.Sha256.Span);
        variables["BRIDGE_UPDATE_VERSION"] = image.Version;
        variables["BRIDGE_UPDATE_FROM"] = from;
    }
}
