namespace BridgeFramework.Files;

/// <summary>Decides who, but root and the user of this process, can change something. Pure.</summary>
/// <param name="user">The number of the user of this process.</param>
/// <param name="nameOf">The name of a user, where that is known.</param>
internal sealed class ExposureJudge(uint user, Func<uint, string?> nameOf)
{
    private const uint Root = 0;
    private readonly ExposureWords _words = new(user, nameOf);

    /// <summary>Judges the way to something.</summary>
    /// <param name="chain">The way.</param>
    /// <param name="isFilledByUs">Whether it is a folder in which this process looks for names that it has made itself. The sticky bit
    /// keeps others from changing those that are there, and not from making others first.</param>
    public IReadOnlyList<Exposure> Judge(PathChain chain, bool isFilledByUs = false)
    {
        var found = new List<Exposure>();
        for (int i = 0; i < chain.Steps.Count; i++)
        {
            bool isItem = chain.IsWhole && i == chain.Steps.Count - 1;
            var step = chain.Steps[i];
            Judge(step, isKeptBySticky: !(isItem && isFilledByUs), step.Path, isAll: isItem && step.Kind == EntryKind.Folder, found);
        }

        return found;
    }

    /// <summary>Judges what is in a folder. It is mended as a whole.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="steps">What is in it, itself included.</param>
    public IReadOnlyList<Exposure> JudgeContent(string folder, IEnumerable<PathStep> steps)
    {
        var found = new List<Exposure>();
        // What is added to a folder is part of it: the sticky bit does not help here.
        foreach (var step in steps) Judge(step, isKeptBySticky: false, folder, isAll: true, found);
        return found;
    }

    private void Judge(PathStep step, bool isKeptBySticky, string mended, bool isAll, List<Exposure> found)
    {
        var (owner, mode) = step.Access;
        if (owner != Root && owner != user) found.Add(_words.Foreigner(step, mended, isAll));
        // A link has all bits set, and they mean nothing.
        if (step.Kind == EntryKind.Link) return;
        if (isKeptBySticky && step.Kind == EntryKind.Folder && mode.HasFlag(UnixFileMode.StickyBit)) return;
        if (mode.HasFlag(UnixFileMode.OtherWrite)) found.Add(_words.Everybody(step, mended, isAll));
        else if (mode.HasFlag(UnixFileMode.GroupWrite)) found.Add(_words.Group(step, mended, isAll));
    }
}
