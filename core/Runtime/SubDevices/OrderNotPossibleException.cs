namespace BridgeFramework.Runtime;

/// <summary>An operator's order that makes no sense as things stand; nothing was asked of the hub.</summary>
public sealed class OrderNotPossibleException : Exception
{
    /// <summary>Says nothing in particular.</summary>
    public OrderNotPossibleException()
        : this("The order is not possible now.")
    {
    }

    /// <summary>Says why.</summary>
    /// <param name="message">For a person: what stands in the way and what to do.</param>
    public OrderNotPossibleException(string message)
        : base(message)
    {
    }

    /// <summary>Says why, with the cause.</summary>
    /// <param name="message">For a person: what stands in the way and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public OrderNotPossibleException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
