using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BridgeFramework.Architecture.Tests;

/// <summary>An event that is logged.</summary>
/// <param name="Id">Its id; null where none is given, or none that the compiler knows.</param>
/// <param name="Place">The file, with the line.</param>
internal readonly record struct LoggedEvent(int? Id, string Place);

/// <summary>The ids of log messages, however they are written.</summary>
internal static class EventIds
{
    public static IEnumerable<LoggedEvent> Of(CSharpCompilation compilation) =>
        from tree in compilation.SyntaxTrees
        let model = compilation.GetSemanticModel(tree)
        from attribute in tree.GetRoot().DescendantNodes().OfType<AttributeSyntax>()
        where NameOf(attribute) is "LoggerMessage" or "LoggerMessageAttribute"
        let line = tree.GetLineSpan(attribute.Span).StartLinePosition.Line + 1
        select new LoggedEvent(IdOf(attribute, model), $"{tree.FilePath}({line})");

    private static int? IdOf(AttributeSyntax attribute, SemanticModel model) =>
        (attribute.ArgumentList?.Arguments ?? []).Where(argument => IsId(argument, model))
            .Select(argument => model.GetConstantValue(argument.Expression) is { HasValue: true, Value: int id } ? id : (int?)null)
            .FirstOrDefault();

    /// <summary>A level and a text are positional, too.</summary>
    private static bool IsId(AttributeArgumentSyntax argument, SemanticModel model) =>
        (argument.NameEquals?.Name ?? argument.NameColon?.Name) is { } name
            ? name.Identifier.ValueText is "EventId" or "eventId"
            : model.GetTypeInfo(argument.Expression).Type?.SpecialType == SpecialType.System_Int32;

    private static string NameOf(AttributeSyntax attribute) =>
        attribute.Name.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Last().Identifier.ValueText;
}
