using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace BridgeFramework.Architecture.Tests;

/// <summary>What <c>core</c> has a safer way for, or does in one place alone, is banned by every overload.</summary>
public sealed class BannedWaysTests
{
    private const string ListOfCore = "core/BannedSymbols.txt";

    private static readonly string[] Names =
    [
        "System.IO.File: Open OpenHandle OpenRead OpenText OpenWrite Create CreateText AppendText Copy Move Replace SetUnixFileMode "
            + "ReadAllBytes ReadAllBytesAsync ReadAllText ReadAllTextAsync ReadAllLines ReadAllLinesAsync ReadLines ReadLinesAsync "
            + "WriteAllBytes WriteAllBytesAsync WriteAllText WriteAllTextAsync WriteAllLines WriteAllLinesAsync "
            + "AppendAllBytes AppendAllBytesAsync AppendAllText AppendAllTextAsync AppendAllLines AppendAllLinesAsync",
        "System.IO.FileInfo: Open OpenRead OpenText OpenWrite Create CreateText AppendText CopyTo MoveTo Replace",
        "System.IO.FileStreamOptions: UnixCreateMode",
        "System.IO.RandomAccess: FlushToDisk",
        "System.IO.Directory: CreateDirectory Move EnumerateFiles EnumerateDirectories EnumerateFileSystemEntries GetFiles GetDirectories "
            + "GetFileSystemEntries",
        "System.IO.DirectoryInfo: Create CreateSubdirectory MoveTo EnumerateFiles EnumerateDirectories EnumerateFileSystemInfos GetFiles "
            + "GetDirectories GetFileSystemInfos",
        "System.Security.Cryptography.X509Certificates.X509Certificate2: CreateFromPemFile CreateFromEncryptedPemFile",
        "System.Security.Cryptography.X509Certificates.X509CertificateLoader: LoadCertificateFromFile LoadPkcs12FromFile "
            + "LoadPkcs12CollectionFromFile",
        "System.Reflection.Assembly: Load LoadFile LoadFrom LoadModule LoadWithPartialName UnsafeLoadFrom ReflectionOnlyLoad "
            + "ReflectionOnlyLoadFrom",
        "System.Runtime.Loader.AssemblyLoadContext: LoadFromAssemblyName LoadFromAssemblyPath LoadFromNativeImagePath LoadFromStream",
        "System.Environment: Exit FailFast",
        "System.IO.EnumerationOptions: RecurseSubdirectories",
        "System.IO.SearchOption: AllDirectories",
        "System.Diagnostics.ProcessStartInfo: Arguments",
        "System.Security.Cryptography.HashAlgorithmName: MD5 SHA1",
    ];

    private static readonly string[] MadeOfAPath = ["System.IO.FileStream", "System.IO.StreamReader", "System.IO.StreamWriter"];

    private static readonly string[] Types =
    [
        "System.IO.Enumeration.FileSystemEnumerable`1", "System.IO.Enumeration.FileSystemEnumerator`1",
        "System.IO.Compression.ZipFile", "System.IO.Compression.ZipFileExtensions", "System.Formats.Tar.TarFile",
        "System.Security.Cryptography.MD5", "System.Security.Cryptography.SHA1", "System.Security.Cryptography.HMACMD5",
        "System.Security.Cryptography.HMACSHA1",
    ];

    private static readonly string[] Single =
    [
        "M:System.IO.Directory.Delete(System.String,System.Boolean)", "M:System.IO.DirectoryInfo.Delete(System.Boolean)",
        "M:System.IO.FileStream.Flush(System.Boolean)",
        // What is started has its own arguments, each by itself, and no shell.
        "M:System.Diagnostics.Process.Start(System.String)", "M:System.Diagnostics.Process.Start(System.String,System.String)",
        "M:System.Diagnostics.ProcessStartInfo.#ctor(System.String,System.String)",
    ];

    // Without sources: what the platform has.
    private static readonly CSharpCompilation Platform = CSharpCompilation.Create("platform", references: Roslyn.References);

    [Fact]
    public void The_other_ways_are_banned_with_all_their_overloads()
    {
        var banned = IdsOf(ListOfCore).ToHashSet(StringComparer.Ordinal);
        ArrowTests.NoFaults(Ways().Where(id => !banned.Contains(id)).Select(id => $"{ListOfCore} does not have {id}"));
    }

    /// <summary>A slip of the pen bans nothing, and nobody notices.</summary>
    [Theory]
    [InlineData("BannedSymbols.txt")]
    [InlineData(ListOfCore)]
    public void What_is_banned_exists(string list) => ArrowTests.NoFaults(
        IdsOf(list).Where(id => DocumentationCommentId.GetFirstSymbolForDeclarationId(id, Platform) is null)
            .Select(id => $"{list} names {id}, which is not there: correct or remove it."));

    private static IEnumerable<string> Ways()
    {
        var named =
            from line in Names
            let parts = line.Split(": ")
            from name in parts[1].Split(' ')
            from member in TypeOf(parts[0]).GetMembers(name)
            select member;
        var made =
            from type in MadeOfAPath
            from constructor in TypeOf(type).InstanceConstructors
            where constructor.Parameters is [{ Type.SpecialType: SpecialType.System_String }, ..]
            select constructor;
        return named.Concat(made).Concat(Types.Select(TypeOf))
            .Where(symbol => symbol.DeclaredAccessibility == Accessibility.Public)
            .Select(symbol => symbol.GetDocumentationCommentId()!) // members of types have one
            .Concat(Single);
    }

    private static INamedTypeSymbol TypeOf(string name) =>
        Platform.GetTypeByMetadataName(name) ?? throw new InvalidOperationException($"{name} is no type of the platform.");

    private static IEnumerable<string> IdsOf(string list) =>
        from line in File.ReadLines(Path.Combine(House.Folder, list))
        where line.Length > 0
        select line.Split(';')[0];
}
