using System.Diagnostics;
using System.Text.RegularExpressions;

namespace BridgeFramework.Files.Tests;

/// <summary>That the machine's disk does sync: whatever was forgotten, every other test would go on passing.</summary>
public sealed partial class SyncTests : IDisposable
{
    private const int Patience = 120_000; // a guard: a program that is traced is slow
    private const int MatchTimeout = 1000;
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_that_is_synced_is_asked_for()
    {
        var file = LocalDisk.Instance.Open(_folder.At("file"), DiskAccess.Create);
        file.Sync();
#pragma warning disable IDISP016, IDISP017 // Nothing else can be seen of a sync from inside.
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(file.Sync);
#pragma warning restore IDISP016, IDISP017
    }

    [Fact]
    public void The_folder_that_is_synced_is_asked_for()
    {
        if (OperatingSystem.IsWindows()) return;
        LocalDisk.Instance.SyncFolder(_folder.Path);
        Assert.Throws<FileNotFoundException>(() => LocalDisk.Instance.SyncFolder(_folder.At("nowhere")));
        File.WriteAllText(_folder.At("file"), "");
        Assert.Throws<DirectoryNotFoundException>(() => LocalDisk.Instance.SyncFolder(_folder.At("file", "folder")));
    }

    /// <summary>What the test below has traced: alone it proves nothing.</summary>
    [Fact]
    public void A_file_is_replaced()
    {
        var file = new PrivateFolder(_folder.At("new")).File("kept");
        file.Replace("content"u8);
        Assert.Equal("content"u8, file.TryRead(maxLength: 7)!);
    }

    [Fact(Timeout = Patience)]
    public async Task The_system_is_asked_to_sync_a_file_before_its_rename_and_the_folder_after()
    {
        var token = TestContext.Current.CancellationToken;
        string trace = _folder.At("trace");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "strace is a program of Linux.");
        bool isRequired = string.Equals(Environment.GetEnvironmentVariable("BRIDGE_REQUIRE_PEERS"), "1", StringComparison.Ordinal);
        int? ended = await TraceAsync(trace, token);
        Assert.False(ended is null && isRequired, "'strace' is not installed: apt-get install strace (BRIDGE_REQUIRE_PEERS is 1).");
        Assert.SkipWhen(ended is null, "'strace' is not installed: apt-get install strace.");
        Assert.SkipUnless(ended == 0, "strace may trace nothing here.");

        var calls = Calls().Matches(await File.ReadAllTextAsync(trace, token)).Select(call =>
            $"{call.Groups["call"].Value} {call.Groups["name"].Value}");

        // The folder that the new one is in has a random name.
        Assert.Equal("fsync , fsync kept.writing, rename kept.writing, fsync new", string.Join(", ", calls));
    }

    /// <summary>How strace ended; <see langword="null"/> where there is none.</summary>
    private static async Task<int?> TraceAsync(string trace, CancellationToken token)
    {
        var start = new ProcessStartInfo("strace") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        string test = $"{typeof(SyncTests).FullName}.{nameof(A_file_is_replaced)}";
        foreach (string argument in new[]
        {
            "-f", "-y", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2", "-o", trace, Environment.ProcessPath!, "-method", test,
        }) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start);
            if (process is null) return null;
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(token), process.StandardError.ReadToEndAsync(token));
            await process.WaitForExitAsync(token);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    // fsync(5</tmp/bridge-files-x/new/kept.writing>) = 0, rename("/tmp/bridge-files-x/new/kept.writing", ...) = 0
    [GeneratedRegex("""(?<call>fsync|rename)\w*\([^/]*/[^">]*/bridge-files-[^/">]+/?(new/)?(?<name>[^/">]*)[">]""", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex Calls();
}
