namespace BridgeFramework.IotHubEmulator;

/// <summary>What a hub remembers of its traffic: messages, the numbers of their samples, transcript, counters.</summary>
internal sealed class HubRecord(HubEmulatorOptions options)
{
    private const int MaxTranscriptText = 2048;
    private readonly TimeProvider _time = options.TimeProvider;
    private long _refusedConnects;
    private long _forbiddenSubscribes;
    private long _forbiddenPublishes;
    private long _oversizedPublishes;
    private long _publishesOverRate;
    private long _unintelligibleRequests;
    private long _lostAnswers;

    public EventLog<ReceivedMessage> Messages { get; } = new(options.MessageCapacity);
    public EventLog<TranscriptEntry> Transcript { get; } = new(options.TranscriptCapacity);

    public UplinkRecord Uplink { get; } = new(options.UplinkSamplesKept);

    public HubCounters Counters => new()
    {
        RefusedConnects = Interlocked.Read(ref _refusedConnects),
        ForbiddenSubscribes = Interlocked.Read(ref _forbiddenSubscribes),
        ForbiddenPublishes = Interlocked.Read(ref _forbiddenPublishes),
        OversizedPublishes = Interlocked.Read(ref _oversizedPublishes),
        PublishesOverRate = Interlocked.Read(ref _publishesOverRate),
        UnintelligibleRequests = Interlocked.Read(ref _unintelligibleRequests),
        LostAnswers = Interlocked.Read(ref _lostAnswers),
    };

    public void CountRefusedConnect() => Interlocked.Increment(ref _refusedConnects);
    public void CountForbiddenSubscribe() => Interlocked.Increment(ref _forbiddenSubscribes);
    public void CountForbiddenPublish() => Interlocked.Increment(ref _forbiddenPublishes);
    public void CountOversizedPublish() => Interlocked.Increment(ref _oversizedPublishes);
    public void CountPublishOverRate() => Interlocked.Increment(ref _publishesOverRate);
    public void CountUnintelligibleRequest() => Interlocked.Increment(ref _unintelligibleRequests);
    public void CountLostAnswer() => Interlocked.Increment(ref _lostAnswers);

    /// <summary>The messages kept with a sequence number above <paramref name="since"/>, oldest first.</summary>
    /// <param name="productId">Only of this product, or of all.</param>
    /// <param name="deviceName">Only of devices with this name, or of all.</param>
    /// <param name="since">0 for all.</param>
    public IReadOnlyList<ReceivedMessage> MessagesOf(string? productId, string? deviceName, long since) =>
        [.. Messages.After(since).Where(message =>
            Matches(productId, message.Device.ProductId) && Matches(deviceName, message.Device.DeviceName))];

    public void AddMessage(HubDeviceId device, string topic, int qos, ReadOnlyMemory<byte> payload)
    {
        var now = _time.GetUtcNow();
        long number = Messages.Append(sequence => new ReceivedMessage
        {
            Sequence = sequence,
            Time = now,
            Device = device,
            Topic = topic,
            Qos = qos,
            Payload = payload,
        });
        Uplink.Add(device, number, payload);
    }

    public void AddPacket(
        string clientId, PacketDirection direction, string packet,
        string? topic = null, int? qos = null, byte[]? payload = null, string? detail = null)
    {
        var now = _time.GetUtcNow();
        Transcript.Append(sequence => new TranscriptEntry
        {
            Sequence = sequence,
            Time = now,
            ClientId = clientId,
            Direction = direction,
            Packet = packet,
            Topic = topic,
            Qos = qos,
            Length = payload?.Length,
            Payload = payload is null ? null : Text(payload),
            Detail = detail,
        });
    }

    private static bool Matches(string? wanted, string actual) => wanted is null || string.Equals(wanted, actual, StringComparison.Ordinal);

    private static string Text(byte[] payload) =>
        System.Text.Encoding.UTF8.GetString(payload, 0, Math.Min(payload.Length, MaxTranscriptText));
}
