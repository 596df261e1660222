namespace BridgeFramework.Plugins.Tests;

public sealed class NativeLibrariesTests
{
    private static readonly Dictionary<string, (string[] Files, string System, string Architecture, bool Musl, string? Wrong)> Cases = new(
        StringComparer.Ordinal)
    {
        ["the right one among several"] = (["runtimes/linux-x64/native/libfoo.so", "runtimes/linux-arm64/native/libfoo.so",
            "runtimes/win-x64/native/foo.dll"], "linux", "arm64", false, null),
        ["none for this processor"] = (
            ["runtimes/linux-x64/native/libfoo.so", "runtimes/linux-arm64/native/libfoo.so"], "linux", "riscv64", false,
            "its native library runtimes/linux-arm64/native/libfoo.so is for linux-arm64, linux-x64, and this gateway runs on "
                + "linux-riscv64"),
        ["one of two libraries missing"] = (
            ["runtimes/linux-x64/native/libfoo.so", "runtimes/linux-arm64/native/libfoo.so", "runtimes/linux-x64/native/libbar.so.2"],
                "linux", "arm64", false,
            "its native library runtimes/linux-x64/native/libbar.so.2 is for linux-x64, and this gateway runs on linux-arm64"),
        ["the right folder, the wrong content"] = (
            ["runtimes/linux-arm64/native/libfoo.so=linux-x64"], "linux", "arm64", false,
            "its native library runtimes/linux-arm64/native/libfoo.so is for linux-x64, and this gateway runs on linux-arm64"),
        ["another system"] = (
            ["runtimes/win-x64/native/foo.dll"], "linux", "x64", false,
            "its native library runtimes/win-x64/native/foo.dll is for win-x64, and this gateway runs on linux-x64"),
        ["not needed on this system"] = (
            ["runtimes/linux-x64/native/libfoo.so", "runtimes/win/lib/net10.0/Foo.txt=-"], "win", "x64", false, null),
        ["musl"] = (["runtimes/linux-musl-x64/native/libfoo.so"], "linux", "x64", true, null),
        ["glibc for musl"] = (["runtimes/linux-x64/native/libfoo.so"], "linux", "x64", true, null),
        ["musl for glibc"] = (
            ["runtimes/linux-musl-x64/native/libfoo.so"], "linux", "x64", false,
            "its native library runtimes/linux-musl-x64/native/libfoo.so is for linux-x64, and this gateway runs on linux-x64"),
        ["beside the assembly"] = (["libfoo.so=linux-x64"], "linux", "x64", false, null),
        ["beside the assembly, wrong"] = (
            ["native/libfoo.so.1.2=linux-arm"], "linux", "arm64", false,
                "its native library native/libfoo.so.1.2 is for linux-arm, and this gateway runs on linux-arm64"),
        ["for several processors"] = (["libfoo.dylib=osx-universal"], "osx", "arm64", false, null),
        ["the firmware of a device"] = (["firmware/sensor.elf=linux-arm"], "linux", "x64", false, null),
        ["a text of that name"] = (["runtimes/linux-arm64/native/libfoo.so=-"], "linux", "x64", false, null),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_does_not_run_here_is_refused(string name)
    {
        var (files, system, architecture, musl, wrong) = Cases[name];
        var folder = Directory.CreateTempSubdirectory("native-");
        try
        {
            foreach (string file in files) Write(folder.FullName, file);

            var refusal = Record.Exception(() =>
                NativeLibraries.Check(folder.FullName, PluginFiles.In(folder.FullName), new NativePlatform(system, architecture, musl)));

            Assert.Equal(wrong, refusal?.Message);
            if (refusal is PluginRejectedException { Remedy: var remedy })
                Assert.Equal($"get the plugin built for {system}-{architecture}", remedy);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>After = stands the platform of the content where the folder does not tell it; - is no library.</summary>
    private static void Write(string folder, string file)
    {
        string[] parts = file.Split('=');
        string platform = parts.Length > 1 ? parts[1] : parts[0].Split('/')[1].Replace("-musl", "", StringComparison.Ordinal);
        if (platform is not "-")
        {
            NativeFiles.Write(folder, parts[0], platform);
            return;
        }

        string path = Path.Combine(folder, parts[0]);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? folder);
        File.WriteAllText(path, new string('x', 100));
    }
}
