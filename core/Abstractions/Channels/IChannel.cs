namespace BridgeFramework;

/// <summary>The gateway's side of a channel: what a driver is given, and what it reports to.</summary>
/// <remarks>
/// <para>Implemented by the gateway; may grow. All members are safe to call from any thread and at the same time.</para>
/// <para>After the run has ended every member is without effect: what a lost thread of an old run says is not believed. So is what is said
/// of a sub-device after <see cref="ILiveDevices.ApplyAsync"/> has removed or replaced it.</para>
/// </remarks>
public interface IChannel
{
    /// <summary>The channel's name in the configuration.</summary>
    string Name { get; }

    /// <summary>The sub-devices as they were configured when the run began: it stays the same list. Changes come through
    /// <see cref="ILiveDevices"/>.</summary>
    IReadOnlyList<SubDevice> Devices { get; }

    /// <summary>Small durable state of the channel, such as a device table. Kept over restarts and updates of the plugin.</summary>
    IChannelStore Store { get; }

    /// <summary>
    /// Says "I am working". Ends the start-up of the channel, resets its back-off and begins the trial after an update of the
    /// plugin. Calling it again is harmless.
    /// </summary>
    void SetServing();

    /// <summary>Gives the points of a sub-device that brings its own, in place of configured ones. Call it before reporting them.</summary>
    /// <param name="device">One of this channel.</param>
    /// <param name="points">All its points, names unique.</param>
    /// <exception cref="ArgumentException">The sub-device is not of this channel, or a name is there twice.</exception>
    void Describe(SubDevice device, IReadOnlyList<PointDefinition> points);

    /// <summary>Hands over values of points.</summary>
    /// <param name="device">One of this channel.</param>
    /// <param name="values">
    /// Values of points of <paramref name="device"/>, in the order they were read. The gateway has copied them when the task
    /// ends; the buffer is the driver's again then. An empty one is harmless.
    /// </param>
    /// <param name="cancellationToken">Stops waiting for room; nothing was taken then.</param>
    /// <returns>
    /// A task that ends when the gateway is answerable for the values. It waits for nothing but a slow disk: not for the
    /// cloud, not for other sub-devices. When the outbox is full a policy drops values and counts them.
    /// </returns>
    /// <exception cref="ArgumentException">The sub-device is not of this channel, a point is not of the sub-device, or a value is none that
    /// can be reported: of an unknown quality, good and empty, or of more than 16 KB (text as UTF-8). Nothing was taken then.</exception>
    ValueTask ReportAsync(SubDevice device, ReadOnlyMemory<PointValue> values, CancellationToken cancellationToken);

    /// <summary>Hands over an event. Events are never filtered.</summary>
    /// <param name="device">One of this channel.</param>
    /// <param name="deviceEvent">What happened.</param>
    /// <param name="cancellationToken">Stops waiting for room; nothing was taken then.</param>
    /// <returns>As for <see cref="ReportAsync"/>.</returns>
    /// <exception cref="ArgumentException">The sub-device is not of this channel, or the event is not of the form that
    /// <see cref="DeviceEvent"/> describes, or has a value of more than 16 KB.</exception>
    ValueTask ReportEventAsync(SubDevice device, DeviceEvent deviceEvent, CancellationToken cancellationToken);

    /// <summary>Says whether a sub-device is there. The cloud's online and offline follow. Saying the same again costs nothing.</summary>
    /// <param name="device">One of this channel.</param>
    /// <param name="presence">What the driver knows now.</param>
    /// <param name="reason">Why, for the operator: one short sentence, no secrets.</param>
    /// <exception cref="ArgumentException">The sub-device is not of this channel, or there is no such presence.</exception>
    void SetPresence(SubDevice device, Presence presence, string? reason = null);

    /// <summary>Says which firmware a sub-device runs. The cloud hears of it while the sub-device is online.
    /// Saying the same again costs nothing.</summary>
    /// <remarks>It stands until another is said, over later runs of the channel too, but not over a restart
    /// of the gateway: say it in each run.</remarks>
    /// <param name="device">One of this channel.</param>
    /// <param name="version">1 to 32 of <c>A-Z a-z 0-9 . _ -</c>, beginning with a letter or digit.</param>
    /// <exception cref="ArgumentException">The sub-device is not of this channel, or the version is not of that form.</exception>
    void SetFirmwareVersion(SubDevice device, string version);

    /// <summary>Tells of a device that is not configured. Cheap: it may be called a thousand times a second.</summary>
    /// <param name="found">What is known of it. An operator who adopts it makes it a sub-device, which comes through
    /// <see cref="ILiveDevices"/>.</param>
    void ReportDiscovered(DiscoveredDevice found);

    /// <summary>Shows a frame on the wire to diagnostics. The bytes are copied, or not looked at.</summary>
    /// <param name="direction">Sent or received, as the driver sees it.</param>
    /// <param name="frame">One whole frame.</param>
    void RecordFrame(FrameDirection direction, ReadOnlySpan<byte> frame);
}
