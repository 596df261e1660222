namespace BridgeFramework.Configuration;

/// <summary>One setting as two plans are compared by it.</summary>
/// <param name="Text">As an operator may see it.</param>
/// <param name="Value">What it is compared by.</param>
internal readonly record struct PlanValue(string Text, object Value)
{
    public PlanValue(string text)
        : this(text, text)
    {
    }

    /// <summary>Whether it stands for all that is below its path: where it comes or goes, that is all there is to say.</summary>
    public bool IsWhole { get; init; }

    /// <summary>One that nobody may see.</summary>
    public static PlanValue Hidden(object secret) => new(Secret.Mask, secret);
}
