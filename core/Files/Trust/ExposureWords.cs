using System.Globalization;

namespace BridgeFramework.Files;

/// <summary>Says who can change something, and which command mends it.</summary>
/// <param name="user">The number of the user of this process.</param>
/// <param name="nameOf">The name of a user, where that is known.</param>
internal sealed class ExposureWords(uint user, Func<uint, string?> nameOf)
{
    private const uint Root = 0;
    private const string Plain = "/._-+:@,=%";

    public Exposure Everybody(PathStep step, string mended, bool isAll) => new(
        ExposureKind.Everybody, step.Path, $"everybody can write to {What(step)}", Command("chmod", isAll, step.Kind, "o-w", mended));

    public Exposure Group(PathStep step, string mended, bool isAll) => new(
        ExposureKind.Group, step.Path, $"its group can write to {What(step)}", Command("chmod", isAll, step.Kind, "g-w", mended));

    public Exposure Foreigner(PathStep step, string mended, bool isAll)
    {
        string us = user == Root ? "root, as whom the gateway runs" : $"root nor to {Named(user)}, as whom the gateway runs";
        string theirs = Number(step.Access.Owner);
        return new Exposure(
            ExposureKind.Foreigner,
            step.Path,
            $"{What(step)} belongs to another user, not to {us}",
            $"{Command("chown", isAll, step.Kind, nameOf(user) ?? Number(user), mended)}, or run the gateway as user {theirs} "
                + $"(a container: --user {theirs})");
    }

    /// <summary>A path as a shell takes it for one word.</summary>
    private static string Word(string path) => path.All(letter => char.IsAsciiLetterOrDigit(letter) || Plain.Contains(letter))
        ? path : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private string What(PathStep step) => string.Create(
        CultureInfo.InvariantCulture,
        $"{KindOf(step.Kind)} '{step.Path}' (owner {Named(step.Access.Owner)}, mode {Octal(step.Access.Mode)})");

    private string Named(uint id) => nameOf(id) is { } name ? $"{name} ({Number(id)})" : $"user {Number(id)}";

    private static string Command(string command, bool isAll, EntryKind kind, string what, string path)
    {
        string option = isAll ? " -R" : kind == EntryKind.Link ? " -h" : "";
        return $"{command}{option} {what} {Word(path)}";
    }

    private static string KindOf(EntryKind kind) => kind switch
    {
        EntryKind.Folder => "the folder",
        EntryKind.Link => "the link",
        _ => "the file",
    };

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, toBase: 8).PadLeft(4, '0');

    private static string Number(uint id) => id.ToString(CultureInfo.InvariantCulture);
}
