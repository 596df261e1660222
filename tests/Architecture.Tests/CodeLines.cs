using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BridgeFramework.Architecture.Tests;

/// <summary>The lines of a source file but for raw string literals: what they hold is content, and cannot be broken.</summary>
internal static class CodeLines
{
    public static IEnumerable<(string Text, int Number)> Of(string source)
    {
        var tree = CSharpSyntaxTree.ParseText(source);
        var content = tree.GetRoot().DescendantNodes().Where(IsRaw)
            .Select(literal => tree.GetLineSpan(literal.Span))
            .SelectMany(span => Enumerable.Range(span.StartLinePosition.Line, span.EndLinePosition.Line - span.StartLinePosition.Line + 1))
            .ToHashSet();
        return tree.GetText().Lines.Where(line => !content.Contains(line.LineNumber))
            .Select(line => (line.ToString(), line.LineNumber + 1));
    }

    private static bool IsRaw(SyntaxNode node) => node switch
    {
        LiteralExpressionSyntax literal => literal.Token.Kind() is SyntaxKind.SingleLineRawStringLiteralToken
            or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.Utf8SingleLineRawStringLiteralToken
            or SyntaxKind.Utf8MultiLineRawStringLiteralToken,
        InterpolatedStringExpressionSyntax text => text.StringStartToken.Kind() is SyntaxKind.InterpolatedSingleLineRawStringStartToken
            or SyntaxKind.InterpolatedMultiLineRawStringStartToken,
        _ => false,
    };
}
