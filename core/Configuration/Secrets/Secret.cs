namespace BridgeFramework.Configuration;

/// <summary>A text that must not be seen. It prints as <c>***</c>, alone and as a member of a record.</summary>
public sealed class Secret : IEquatable<Secret>
{
    /// <summary>What is printed in place of a secret.</summary>
    public const string Mask = "***";

    private readonly string _text;

    /// <summary>Wraps a text.</summary>
    /// <param name="text">The secret itself.</param>
    public Secret(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        _text = text;
    }

    /// <summary>Gives the text, to the one who signs or connects with it. Do not keep it, log it or put it in an exception.</summary>
    public string Reveal() => _text;

    /// <summary>Whether both hold the same text.</summary>
    /// <param name="other">The other one.</param>
    public bool Equals(Secret? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>Gives <c>***</c>.</summary>
    public override string ToString() => Mask;
}
