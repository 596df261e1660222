namespace BridgeFramework.Configuration;

/// <summary>When a gateway that runs takes over what is in its files.</summary>
public enum ReloadPolicy
{
    /// <summary>When somebody says so: with <c>bridge config apply</c>, or with the signal SIGHUP.</summary>
    Manual,

    /// <summary>Whenever they have changed, too.</summary>
    Watch,
}
