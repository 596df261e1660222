using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>Looks into a plugin's main assembly without loading it.</summary>
internal sealed class PluginAssembly(string path)
{
    private const int MaxNesting = 64;

    private readonly string _file = Path.GetFileName(path);

    /// <summary>Gives the full name of the one class that implements <see cref="IBridgePlugin"/>.</summary>
    /// <param name="files">All files of the plugin's folder.</param>
    /// <exception cref="PluginRejectedException">There is not exactly one, or the assembly cannot be loaded in this gateway.</exception>
    public string FindEntryPoint(IReadOnlyList<string> files)
    {
        if (!files.Contains(_file, StringComparer.Ordinal))
            throw new PluginRejectedException(
                $"its main assembly {_file} is not in its folder", Remedies.CopyFolderAgain, mayBeIncomplete: true);
        try
        {
            using var file = RegularFile.OpenRead(path);
            if (IsElf(file)) throw Native();
            using var image = new PEReader(file);
            RefuseDamaged(image.PEHeaders, file.Length);
            if (!image.HasMetadata) throw Native();
            var metadata = image.GetMetadataReader();
            CheckContract(metadata);
            CheckReferences(metadata, files);
            return FindEntryPoint(metadata);
        }
        catch (Exception e) when (e is not (PluginRejectedException or IOException or UnauthorizedAccessException))
        {
            // Whatever the reader stumbles over: of damaged tables it throws more than it says.
            throw Damaged();
        }
    }

    private PluginRejectedException Damaged() =>
        new($"its main assembly {_file} is damaged or not a DLL", Remedies.CopyFolderAgain, mayBeIncomplete: true);

    private PluginRejectedException Native() =>
        new($"its main assembly {_file} is a native library, not a .NET assembly", "name the plugin's .NET assembly in its project");

    private void RefuseDamaged(PEHeaders headers, long length)
    {
        // The reader takes a file without the marks of a DLL for an object file, which has none.
        if (headers.IsCoffOnly) throw Damaged();
        if (headers.SectionHeaders.Any(s => s.PointerToRawData + (long)s.SizeOfRawData > length)) throw Damaged();
    }

    private static bool IsElf(FileStream file)
    {
        Span<byte> mark = stackalloc byte[4];
        int read = file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return mark[..read].SequenceEqual("\u007fELF"u8);
    }

    private void CheckContract(MetadataReader metadata)
    {
        foreach (var handle in metadata.AssemblyReferences)
        {
            var reference = metadata.GetAssemblyReference(handle);
            if (!metadata.StringComparer.Equals(reference.Name, ContractVersion.AssemblyName)) continue;
            var own = typeof(IBridgePlugin).Assembly.GetName().Version;
            if (reference.Version == own) return;
            throw new PluginRejectedException(
                $"its main assembly {_file} was built against {ContractVersion.AssemblyName} {reference.Version}, this gateway has {own}",
                "build it against the contract of this gateway");
        }

        throw new PluginRejectedException(
            $"its main assembly {_file} does not refer to {ContractVersion.AssemblyName}",
                "name the assembly that implements IBridgePlugin in the plugin's project");
    }

    /// <remarks>The runtime would notice a missing library only when the first method that needs it runs, hours later perhaps.</remarks>
    private static void CheckReferences(MetadataReader metadata, IReadOnlyList<string> files)
    {
        string[] platform = (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(Path.PathSeparator);
        foreach (var handle in metadata.AssemblyReferences)
        {
            var reference = metadata.GetAssemblyReference(handle);
            string name = metadata.GetString(reference.Name);
            if (files.Contains($"{name}.dll", StringComparer.OrdinalIgnoreCase)) continue;
            // The gateway may have it, but an older one does not do.
            if (VersionHere(platform, name) >= reference.Version) continue;
            throw new PluginRejectedException($"it needs {name} {reference.Version}, which is not in its folder", Remedies.CopyFolderAgain);
        }
    }

    private static Version? VersionHere(string[] platform, string name)
    {
        if (platform.FirstOrDefault(p => Path.GetFileNameWithoutExtension(p).Equals(name, StringComparison.OrdinalIgnoreCase)) is { } file)
            return AssemblyName.GetAssemblyName(file).Version;
        try
        {
            // A gateway that was published as a single file has its assemblies in it, and says so to nobody but the runtime.
#pragma warning disable RS0030 // One of the gateway's own, by its name.
            return AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(name)).GetName().Version;
#pragma warning restore RS0030
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or ArgumentException) // a name may be none
        {
            return null;
        }
    }

    private string FindEntryPoint(MetadataReader metadata)
    {
        List<string> candidates = [];
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            if (type.Attributes.HasFlag(TypeAttributes.Abstract)) continue;
            if (type.GetInterfaceImplementations().Any(i => IsEntryPoint(metadata, metadata.GetInterfaceImplementation(i).Interface)))
                candidates.Add(FullName(metadata, type));
        }

        return candidates switch
        {
            [var only] => only,
            [] => throw new PluginRejectedException(
                $"no class in {_file} implements IBridgePlugin",
                    "add one public class that implements it and registers the plugin's drivers"),
            _ => throw new PluginRejectedException(
                $"{candidates.Count} classes in {_file} implement IBridgePlugin ({string.Join(", ", candidates)})",
                "keep one and register all drivers in it"),
        };
    }

    private static bool IsEntryPoint(MetadataReader metadata, EntityHandle handle)
    {
        if (handle.Kind != HandleKind.TypeReference) return false;
        var type = metadata.GetTypeReference((TypeReferenceHandle)handle);
        return metadata.StringComparer.Equals(type.Name, nameof(IBridgePlugin))
            && metadata.StringComparer.Equals(type.Namespace, nameof(BridgeFramework));
    }

    /// <param name="metadata">The assembly.</param>
    /// <param name="type">The class.</param>
    /// <param name="depth">How many classes it may be in, one within another: a file may say that one is in itself.</param>
    private string FullName(MetadataReader metadata, TypeDefinition type, int depth = MaxNesting)
    {
        string name = metadata.GetString(type.Name);
        if (type.GetDeclaringType() is { IsNil: false } outer)
            return depth == 0 ? throw Damaged()
                : $"{FullName(metadata, metadata.GetTypeDefinition(outer), depth - 1)}+{name}";
        string space = metadata.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }
}
