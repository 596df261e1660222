using Microsoft.Win32.SafeHandles;

namespace BridgeFramework.Files;

/// <summary>The way to something, from the root on: every folder and every link that the system goes by, and what it comes to. Of a link
/// that is the way to the link and the way to what it leads to.</summary>
/// <param name="Steps">Each name once, in the order in which the system comes to it.</param>
/// <param name="IsWhole">Whether the last step is the thing itself; otherwise it is not there, or cannot be come to.</param>
internal sealed record PathChain(IReadOnlyList<PathStep> Steps, bool IsWhole)
{
    /// <summary>More than the kernel follows (path_resolution(7)).</summary>
    private const int MaxLinks = 40;

    /// <summary>Goes the way. Nothing is opened. Empty everywhere but on Linux.</summary>
    public static PathChain Of(string path) =>
        OperatingSystem.IsLinux() ? new Walk().Run(Path.GetFullPath(path)) : new PathChain([], IsWhole: false);

    /// <summary>The way to a file that is open: what is read is judged, whatever is at its path by now.</summary>
    public static PathChain Of(string path, SafeFileHandle opened)
    {
        var chain = Of(path);
        if (!OperatingSystem.IsLinux()) return chain;
        var entry = EntryLook.Behind(opened, path);
        var steps = chain.IsWhole ? chain.Steps.SkipLast(1) : chain.Steps;
        string name = chain.IsWhole ? chain.Steps[^1].Path : Path.GetFullPath(path);
        return new PathChain([.. steps, new PathStep(name, entry.Kind, entry.Access ?? default)], IsWhole: true); // it is Linux: known
    }

    private sealed class Walk
    {
        private readonly List<PathStep> _steps = [];
        private readonly Stack<string> _ahead = [];
        private int _links;

        public PathChain Run(string path)
        {
            _ahead.Push(path);
            string here = "/";
            bool isThere = Look(here) is not null;
            while (isThere && _ahead.TryPop(out string? ahead))
            {
                if (ahead.IndexOf('/', StringComparison.Ordinal) is >= 0 and var end)
                {
                    if (end == 0) here = "/"; // only of what begins with it
                    _ahead.Push(ahead[(end + 1)..]);
                    ahead = ahead[..end];
                }

                if (ahead is "" or ".") continue;
                if (ahead is "..") here = Path.GetDirectoryName(here) ?? "/"; // the parent that the system has: no part of it is a link
                else (here, isThere) = Enter(here, ahead);
            }

            return new PathChain(_steps, isThere);
        }

        private (string Here, bool IsThere) Enter(string folder, string name)
        {
            string path = Path.Combine(folder, name);
            if (Look(path) is not { } kind) return (folder, false);
            if (kind != EntryKind.Link) return (path, true);
            if (++_links > MaxLinks || TargetOf(path) is not { } target) return (folder, false);
            _ahead.Push(target);
            return (folder, true);
        }

        private EntryKind? Look(string path)
        {
            try
            {
                if (EntryLook.At(path) is not { Access: { } access, Kind: var kind }) return null;
                _steps.RemoveAll(step => string.Equals(step.Path, path, StringComparison.Ordinal));
                _steps.Add(new PathStep(path, kind, access));
                return kind;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        private static string? TargetOf(string link)
        {
            try
            {
                return new FileInfo(link).LinkTarget;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
