using CsCheck;

namespace BridgeFramework.Files.Tests;

public sealed class ExposureJudgeTests
{
    private const uint Root = 0;
    private const uint Us = 998;
    private const uint Bob = 1001;
    private const UnixFileMode Open = (UnixFileMode)0x1FF; // 0777
    private const UnixFileMode Sticky = Open | UnixFileMode.StickyBit;
    private const UnixFileMode Usual = (UnixFileMode)0x1ED; // 0755
    private const UnixFileMode Shared = (UnixFileMode)0x1FD; // 0775

    private static readonly ExposureJudge Judge = new(Us, id => id switch { Root => "root", Us => "bridge", Bob => "bob", _ => null });

    private static readonly Gen<PathStep> AnyStep =
        from owner in Gen.Int[0, 7]
        from mode in Gen.Int[0, 0xFFF]
        from kind in Gen.Int[0, 2]
        select new PathStep(
            "",
            kind == 0 ? EntryKind.Link : EntryKind.Folder,
            new EntryAccess(owner switch { 0 => Bob, < 4 => Us, _ => Root }, (UnixFileMode)mode));

    private static readonly Gen<PathChain> AnyChain =
        from steps in AnyStep.Array[1, 6]
        from isFile in Gen.Bool
        from isWhole in Gen.Bool
        select new PathChain(
            [.. steps.Select((step, i) => step with
            {
                Path = $"/{i}",
                Kind = i < steps.Length - 1 ? step.Kind : isFile ? EntryKind.File : EntryKind.Folder,
            })],
            isWhole);

    [Fact]
    public void Whatever_a_stranger_can_replace_is_found_and_nothing_else() => Gen.Select(AnyChain, Gen.Bool).Sample(
        (chain, isFilledByUs) => Assert.Equal(
            new[] { Bob, 4711u }.Any(stranger => Attack.Succeeds(stranger, chain, isFilledByUs)),
            Judge.Judge(chain, isFilledByUs).Any(exposure => exposure.IsGrave)),
        iter: 20_000);

    [Fact]
    public void The_group_is_a_warning_where_there_is_no_more_to_say() => AnyChain.Sample(chain =>
    {
        foreach (var found in Judge.Judge(chain).Where(exposure => !exposure.IsGrave))
        {
            var step = Assert.Single(chain.Steps, step => string.Equals(step.Path, found.Path, StringComparison.Ordinal));
            Assert.NotEqual(EntryKind.Link, step.Kind);
            Assert.Equal(UnixFileMode.GroupWrite, step.Access.Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
        }
    });

    [Theory]
    [InlineData(Usual, Root, "")]
    [InlineData(Usual, Us, "")]
    [InlineData(Sticky, Root, "")] // such as /tmp
    [InlineData(Open, Root, "everybody can write to the folder '/srv' (owner root (0), mode 0777): chmod o-w /srv.")]
    [InlineData(Shared, Us, "its group can write to the folder '/srv' (owner bridge (998), mode 0775): chmod g-w /srv.")]
    [InlineData(Shared | UnixFileMode.StickyBit, Root, "")]
    [InlineData(
        Usual, Bob,
        "the folder '/srv' (owner bob (1001), mode 0755) belongs to another user, not to root nor to bridge (998), as whom the gateway "
            + "runs: chown bridge /srv, or run the gateway as user 1001 (a container: --user 1001).")]
    public void A_folder_on_the_way_is_said_with_owner_mode_and_command(UnixFileMode mode, uint owner, string expected) =>
        Assert.Equal(expected, Said(Folder("/", Root, Usual), Folder("/srv", owner, mode), File("/srv/bridge.json", Us, 0x1A4)));

    [Theory]
    [InlineData(Root)]
    [InlineData(Us)]
    public void Below_a_sticky_folder_the_next_entry_belongs_to_root_or_to_us(uint owner) =>
        Assert.Equal("", Said(Folder("/tmp", Root, Sticky), Folder("/tmp/x", owner, Usual), File("/tmp/x/y", Us, 0x1A4)));

    [Fact]
    public void Below_a_sticky_folder_a_name_of_another_user_is_found() => Assert.StartsWith(
        "the folder '/tmp/x' (owner bob (1001), mode 0755) belongs to another user",
        Said(Folder("/tmp", Root, Sticky), Folder("/tmp/x", Bob, Usual), File("/tmp/x/y", Us, 0x1A4)),
        StringComparison.Ordinal);

    [Fact]
    public void The_sticky_bit_of_a_file_means_nothing() => Assert.Equal(
        "everybody can write to the file '/f' (owner bridge (998), mode 1666): chmod o-w /f.",
        Said(Folder("/", Root, Usual), File("/f", Us, 0x3B6)));

    [Fact]
    public void A_folder_that_we_fill_is_mended_with_all_that_is_in_it_and_the_sticky_bit_does_not_help()
    {
        PathStep[] steps = [Folder("/", Root, Usual), Folder("/data", Us, Sticky)];

        Assert.Empty(Judge.Judge(new PathChain(steps, IsWhole: true)));
        Assert.Equal(
            "chmod -R o-w /data", Assert.Single(Judge.Judge(new PathChain(steps, IsWhole: true), isFilledByUs: true)).Remedy);
        Assert.Empty(Judge.Judge(new PathChain(steps, IsWhole: false), isFilledByUs: true)); // it is in it, and is made for us alone
    }

    [Fact]
    public void The_mode_of_a_link_means_nothing_and_its_owner_does()
    {
        PathStep[] Way(uint owner) =>
            [Folder("/tmp", Root, Sticky), new("/tmp/l", EntryKind.Link, new EntryAccess(owner, Open)), File("/srv/f", Us, 0x1A4)];

        Assert.Equal("", Said(Way(Us)));
        Assert.EndsWith(
            ": chown -h bridge /tmp/l, or run the gateway as user 1001 (a container: --user 1001).",
            Said(Way(Bob)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void As_root_the_files_of_others_are_found_by_number_where_they_have_no_name()
    {
        var asRoot = new ExposureJudge(Root, id => id == Root ? "root" : null);

        var found = Assert.Single(asRoot.Judge(new PathChain([File("/etc/bridge/bridge.json", 1000, 0x1A4)], IsWhole: true)));

        Assert.Equal(
            "the file '/etc/bridge/bridge.json' (owner user 1000, mode 0644) belongs to another user, not to root, as whom the "
                + "gateway runs: chown root /etc/bridge/bridge.json, or run the gateway as user 1000 (a container: --user 1000).",
            found.ToString());
    }

    [Fact]
    public void What_is_in_a_folder_is_mended_together()
    {
        const string Plugin = "/plugins/my plugin's";

        var found = Judge.JudgeContent(Plugin, [Folder(Plugin, Us, Sticky), File($"{Plugin}/a", Us, 0x1B4)]);

        Assert.Equal([ExposureKind.Everybody, ExposureKind.Group], found.Select(exposure => exposure.Kind));
        Assert.Equal(@"chmod -R o-w '/plugins/my plugin'\''s'", found[0].Remedy);
    }

    private static string Said(params PathStep[] steps) =>
        string.Join(' ', Judge.Judge(new PathChain(steps, IsWhole: true)).Select(exposure => exposure.ToString()));

    private static PathStep Folder(string path, uint owner, UnixFileMode mode) => new(path, EntryKind.Folder, new EntryAccess(owner, mode));

    private static PathStep File(string path, uint owner, int mode) =>
        new(path, EntryKind.File, new EntryAccess(owner, (UnixFileMode)mode));

    /// <summary>What a user without any rights of his own can do, as the kernel has it (unlink(2), rename(2), inode(7)).</summary>
    private static class Attack
    {
        public static bool Succeeds(uint stranger, PathChain chain, bool isFilledByUs)
        {
            var steps = chain.Steps;
            for (int i = 0; i < steps.Count; i++)
            {
                // An owner may give himself any rights.
                if (steps[i].Access.Owner == stranger) return true;
                if (steps[i].Kind == EntryKind.Link || !steps[i].Access.Mode.HasFlag(UnixFileMode.OtherWrite)) continue;
                bool isSticky = steps[i].Kind == EntryKind.Folder && steps[i].Access.Mode.HasFlag(UnixFileMode.StickyBit);
                bool isItem = chain.IsWhole && i == steps.Count - 1;
                if (!isSticky) return true;
                if (isItem && isFilledByUs) return true;
            }

            return false;
        }
    }
}
