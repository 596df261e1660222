using System.Text.Json;

namespace BridgeFramework;

/// <summary>Opt-in: actions of the driver itself, for operators: show the polling plan, scan the bus.</summary>
public interface IDriverActions
{
    /// <summary>Invokes an action. May be called before and while <see cref="ISubDeviceDriver.RunAsync"/> runs.</summary>
    /// <param name="action">Its name.</param>
    /// <param name="arguments">Its arguments; an undefined element where there are none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The result, to be shown as it is.</returns>
    /// <exception cref="ArgumentException">No such action, or wrong arguments; the message is shown to the operator.</exception>
    /// <exception cref="InvalidOperationException">The action needs a running channel.</exception>
    Task<JsonElement> InvokeAsync(string action, JsonElement arguments, CancellationToken cancellationToken);
}
