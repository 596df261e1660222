namespace BridgeFramework.IotHub;

/// <summary>The hub answered SUBSCRIBE with 0x80: this gateway may not listen there.</summary>
public sealed class SubscriptionRefusedException : IOException
{
    /// <summary>Says which topic was refused.</summary>
    /// <param name="topic">The topic filter.</param>
    public SubscriptionRefusedException(string topic)
        : base($"The hub refused the subscription to '{topic}' (SUBACK 0x80): check that the product allows subscribing to this topic "
            + "and that the sub-device is bound to this gateway.") => Topic = topic;

    /// <summary>Says which topic was refused, with the cause.</summary>
    /// <param name="topic">The topic filter.</param>
    /// <param name="innerException">The cause.</param>
    public SubscriptionRefusedException(string topic, Exception innerException)
        : base($"The hub refused the subscription to '{topic}'.", innerException) => Topic = topic;

    /// <summary>Says nothing in particular.</summary>
    public SubscriptionRefusedException()
        : this("")
    {
    }

    /// <summary>The topic filter that was refused.</summary>
    public string Topic { get; }
}
