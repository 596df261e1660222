namespace BridgeFramework.Files.Tests;

public sealed class PathSegmentTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("registered-1.secret")]
    [InlineData(".unpacked-1")]
    [InlineData("..a")]
    [InlineData("gerät")]
    public void A_name_is_a_part_of_a_path(string name)
    {
        Assert.True(PathSegment.IsValid(name));
        Assert.Equal(Path.Combine("/data", name), PathSegment.Join("/data", name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../..")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public void What_could_lead_elsewhere_is_none(string? name)
    {
        Assert.False(PathSegment.IsValid(name));
        Assert.Throws<ArgumentException>(() => PathSegment.Join("/data", name!));
        Assert.Throws<ArgumentException>(() => new PrivateFolder("/data").File(name!));
        Assert.Throws<ArgumentException>(() => new PrivateFolder("/data").Folder(name!));
    }

    [Fact]
    public void A_name_has_no_more_bytes_than_file_systems_take()
    {
        Assert.True(PathSegment.IsValid(new string('a', 255)));
        Assert.False(PathSegment.IsValid(new string('a', 256)));
        Assert.False(PathSegment.IsValid(new string('ä', 128)));
    }
}
