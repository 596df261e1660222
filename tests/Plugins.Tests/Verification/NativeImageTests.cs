using CsCheck;

namespace BridgeFramework.Plugins.Tests;

public sealed class NativeImageTests
{
    [Theory]
    [InlineData("linux-x64")]
    [InlineData("linux-arm64")]
    [InlineData("linux-arm")]
    [InlineData("linux-s390x")]
    [InlineData("linux-riscv64")]
    [InlineData("win-x64")]
    [InlineData("win-arm64")]
    [InlineData("win-x86")]
    [InlineData("osx-x64")]
    [InlineData("osx-arm64")]
    public void A_header_tells_its_platform(string platform) =>
        Assert.Equal([platform], PlatformsOf(NativeFiles.Of(platform)), StringComparer.Ordinal);

    [Fact]
    public void One_file_may_be_for_several_processors() =>
        Assert.Equal(["osx-x64", "osx-arm64"], PlatformsOf(NativeFiles.Of("osx-universal")), StringComparer.Ordinal);

    [Fact]
    public void A_real_library_of_the_runtime_fits_this_process()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";
        string name = OperatingSystem.IsWindows() ? "coreclr.dll" : OperatingSystem.IsMacOS() ? "libcoreclr.dylib" : "libcoreclr.so";

        Assert.Contains(
            NativePlatform.OfThisProcess.ToString(), PlatformsOf(File.ReadAllBytes(Path.Combine(runtime, name))), StringComparer.Ordinal);
    }

    [Fact]
    public void A_dotnet_assembly_is_no_native_library() =>
        Assert.Empty(PlatformsOf(File.ReadAllBytes(typeof(NativeImageTests).Assembly.Location)));

    [Fact]
    public void No_bytes_make_it_throw() =>
        Gen.Select(Gen.Int[0, 3].Select(i => ((string[])["linux-x64", "win-x64", "osx-x64", "osx-universal"])[i]), Gen.Int[0, 400],
            Gen.Byte.Array[0, 80]).Sample((platform, length, noise) =>
        {
            byte[] file = NativeFiles.Of(platform)[..length];
            for (int i = 0; i < noise.Length; i += 2)
                if (length > 4 && i + 1 < noise.Length) file[4 + noise[i] % (length - 4)] = noise[i + 1];
            PlatformsOf(file);
        });

    private static IReadOnlyList<string> PlatformsOf(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return NativeImage.PlatformsOf(stream);
    }
}
