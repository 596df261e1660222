namespace BridgeFramework.Gateway;

/// <summary>A command that came to nothing.</summary>
internal sealed class AdminException(AdminError error, Exception? cause = null) : Exception(error.Message, cause)
{
    public AdminException(string error, string message, Exception? cause = null)
        : this(new AdminError(error, message), cause)
    {
    }

    public AdminError Error => error;
}
