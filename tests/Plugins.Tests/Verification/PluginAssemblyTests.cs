using BridgeFramework.Fuzz;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace BridgeFramework.Plugins.Tests;

/// <summary>What the main assembly of a plugin may hold, whoever made it.</summary>
public sealed class PluginAssemblyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plugin-assembly-");

    private string Dll => Path.Combine(_folder.FullName, "Hostile.dll");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_class_within_itself_is_damage_and_not_followed_for_ever()
    {
        Write(metadata => metadata.AddNestedType(MetadataTokens.TypeDefinitionHandle(2), MetadataTokens.TypeDefinitionHandle(2)));
        Assert.Equal("its main assembly Hostile.dll is damaged or not a DLL", Refusal());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\\\\b")]
    [InlineData("a, Version=x")]
    public void A_reference_to_what_can_be_no_assembly_is_one_that_is_not_there(string name)
    {
        Write(metadata => Reference(metadata, name, new Version(1, 2, 3, 4)));
        Assert.Equal($"it needs {name} 1.2.3.4, which is not in its folder", Refusal());
    }

    /// <summary>BRIDGE_FUZZ sets how many (default 2000).</summary>
    [Fact]
    public void Whatever_bytes_it_has_it_is_looked_through_or_refused()
    {
        using var disk = new PluginsOnDisk();
        byte[] good = File.ReadAllBytes(Path.Combine(disk.Drop("misbehaving"), "Fixture.Misbehaving.dll"));
        Write(_ => { });
        foreach (byte[] bytes in new Mutations(seed: 20261130, good, File.ReadAllBytes(Dll)).Take(few: 2000))
        {
            File.WriteAllBytes(Dll, bytes);
            try
            {
                new PluginAssembly(Dll).FindEntryPoint(["Hostile.dll"]);
            }
            catch (PluginRejectedException)
            {
                // As it should be.
            }
        }
    }

    private string Refusal() =>
        Assert.Throws<PluginRejectedException>(() => new PluginAssembly(Dll).FindEntryPoint(["Hostile.dll"])).Reason;

    /// <summary>Writes an assembly with one class that says it is an entry point.</summary>
    private void Write(Action<MetadataBuilder> more)
    {
        var metadata = new MetadataBuilder();
        metadata.AddModule(0, metadata.GetOrAddString("Hostile.dll"), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        metadata.AddAssembly(
            metadata.GetOrAddString("Hostile"), new Version(1, 0, 0, 0), default, default, default, AssemblyHashAlgorithm.None);
        var contract = Reference(metadata, ContractVersion.AssemblyName, typeof(IBridgePlugin).Assembly.GetName().Version!); // has one
        var entryPoint = metadata.AddTypeReference(
            contract, metadata.GetOrAddString(nameof(BridgeFramework)), metadata.GetOrAddString(nameof(IBridgePlugin)));
        metadata.AddTypeDefinition(
            default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1),
            MetadataTokens.MethodDefinitionHandle(1));
        var type = metadata.AddTypeDefinition(
            TypeAttributes.NestedPublic, default, metadata.GetOrAddString("Entry"), default, MetadataTokens.FieldDefinitionHandle(1),
            MetadataTokens.MethodDefinitionHandle(1));
        metadata.AddInterfaceImplementation(type, entryPoint);
        more(metadata);
        var builder = new ManagedPEBuilder(
            new PEHeaderBuilder(imageCharacteristics: Characteristics.Dll), new MetadataRootBuilder(metadata), new BlobBuilder());
        var image = new BlobBuilder();
        builder.Serialize(image);
        File.WriteAllBytes(Dll, image.ToArray());
    }

    private static AssemblyReferenceHandle Reference(MetadataBuilder metadata, string name, Version version) =>
        metadata.AddAssemblyReference(metadata.GetOrAddString(name), version, default, default, default, default);
}
