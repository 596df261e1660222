namespace BridgeFramework.Runtime;

/// <summary>What the reconciler knows of one sub-device. Used under the reconciler's lock only.</summary>
internal sealed class TrackedSubDevice
{
    public TrackedSubDevice(string channel, SubDeviceConfiguration device, CommandReach commands, FlapDamper flaps)
    {
        (Channel, Device, Commands, Flaps) = (channel, device, commands, flaps);
    }

    public string Channel { get; }
    public SubDeviceConfiguration Device { get; }
    public Presence Presence { get; set; }
    public string? PresenceReason { get; set; }
    public FlapDamper Flaps { get; }
    public CloudState State { get; set; }
    public string? CloudReason { get; set; }
    public CommandReach Commands { get; set; }
    public string? CommandsReason { get; set; }

    /// <summary>Who unbinds it at the hub does not want us to bind it again behind their back.</summary>
    public bool UnboundThere { get; set; }

    /// <summary>Our bind was accepted; whether the hub means it, the next answer tells.</summary>
    public bool JustBound { get; set; }

    public int Failures { get; set; }
    public bool UnderWay { get; set; }

    /// <summary>What the hub's people did while an action was under way.</summary>
    public CloudEvent? Meanwhile { get; set; }

    public bool HasTurn { get; set; }
    public bool HasLaterTurn { get; set; }

    /// <summary>Runs after a failure, until it may be asked again.</summary>
    public required Alarm Rest { get; init; }

    /// <summary>Runs while the channel says nothing, until the sub-device counts as gone.</summary>
    public required Alarm Grace { get; init; }

    /// <summary>Runs while the goal is held, until it may be calm.</summary>
    public required Alarm Calm { get; init; }

    public CloudGoal Goal => Flaps.Goal;

    public bool MayBind => Device.Secret is not null && !UnboundThere;

    /// <summary>What to do about it now.</summary>
    public CloudAction Next => UnderWay || Rest.IsSet
        ? CloudAction.Nothing
        : CloudTransition.Decide(State, Goal, MayBind, isDeaf: Commands == CommandReach.Pending);

    /// <summary>Enters a state. A subscription counts for as long as it is online: nothing says what the hub does with it after that.</summary>
    public void Enter(CloudState state)
    {
        if (State == CloudState.Online && state != CloudState.Online && Commands is CommandReach.Reachable or CommandReach.Refused)
            (Commands, CommandsReason) = (CommandReach.Pending, null);
        State = state;
    }

    /// <summary>What was known of the hub is not known any more.</summary>
    public void ForgetHub()
    {
        (Failures, JustBound, Meanwhile, CloudReason) = (0, false, null, null);
        Rest.Clear();
    }

    public void StopWaiting()
    {
        Rest.Clear();
        Grace.Clear();
        Calm.Clear();
    }

    public SubDeviceStatus Status => new()
    {
        Id = Device.Id,
        Channel = Channel,
        Presence = Presence,
        Cloud = State,
        Commands = Commands,
        IsFlapping = Flaps.IsHolding,
        Reason = CloudReason ?? Held ?? PresenceReason ?? CommandsReason,
    };

    private string? Held => Flaps.IsHolding
        ? $"Its presence flaps: held {(Goal == CloudGoal.Online ? "online" : "offline")} until it has been the same for {FlapDamper.Calm.TotalSeconds:0} s."
        : null;
}
