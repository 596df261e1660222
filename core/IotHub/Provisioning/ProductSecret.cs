using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace BridgeFramework.IotHub;

/// <summary>The secret of a whole product, with which its devices obtain their own. Prints as <c>***</c>.</summary>
public sealed class ProductSecret : IEquatable<ProductSecret>
{
    private const int KeyLength = 16;
    private const int MaxLength = 256;
    private readonly string _text;

    /// <summary>Takes the text of a product secret, as the console shows it.</summary>
    /// <param name="text">16 to 256 ASCII characters.</param>
    /// <exception cref="ArgumentException">It is none. The message does not repeat it.</exception>
    public ProductSecret(string text)
    {
        if (Problem(text) is { } problem) throw new ArgumentException(problem, nameof(text));
        _text = text;
    }

    /// <summary>As the constructor, but says what is wrong instead of throwing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="secret">The secret when the method returns true.</param>
    /// <param name="problem">What is wrong when it returns false; never the text itself.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ProductSecret? secret, [NotNullWhen(false)] out string? problem)
    {
        problem = Problem(text);
        secret = problem is null ? new ProductSecret(text!) : null; // no problem means it is not null
        return problem is null;
    }

    /// <inheritdoc/>
    public bool Equals(ProductSecret? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(SigningKey(), other.SigningKey());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ProductSecret);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    /// <summary>Signs a request: the text itself is the key.</summary>
    internal byte[] SigningKey() => Encoding.ASCII.GetBytes(_text);

    /// <summary>Opens an answer: the first 16 characters are the AES key.</summary>
    internal byte[] CipherKey() => Encoding.ASCII.GetBytes(_text[..KeyLength]);

    private static string? Problem(string? text)
    {
        if (text is not { Length: >= KeyLength and <= MaxLength })
            return $"a product secret has {KeyLength} to {MaxLength} characters, this one has {text?.Length ?? 0}";
        return text.All(c => c is > ' ' and <= '~') ? null
            : "a product secret has printable ASCII characters without spaces, this one has others";
    }
}
