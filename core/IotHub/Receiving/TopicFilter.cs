namespace BridgeFramework.IotHub;

/// <summary>Matches topics against an MQTT filter with <c>+</c> (one level) and <c>#</c> (all that follow).</summary>
/// <remarks>Source: MQTT Version 3.1.1, section 4.7.</remarks>
internal static class TopicFilter
{
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        // A filter that starts with a wildcard does not match the system's own topics (4.7.2).
        if (filter is ['+' or '#', ..] && topic is ['$', ..]) return false;
        while (true)
        {
            int filterEnd = LevelEnd(filter);
            var level = filter[..filterEnd];
            if (level is "#") return true;
            int topicEnd = LevelEnd(topic);
            if (level is not "+" && !level.SequenceEqual(topic[..topicEnd])) return false;
            bool filterDone = filterEnd == filter.Length;
            bool topicDone = topicEnd == topic.Length;
            if (topicDone) return filterDone || filter[filterEnd..] is "/#"; // "a/#" matches "a" too
            if (filterDone) return false;
            filter = filter[(filterEnd + 1)..];
            topic = topic[(topicEnd + 1)..];
        }
    }

    /// <exception cref="ArgumentException">The filter is not one, or longer than the hub takes.</exception>
    public static void Validate(string filter)
    {
        ArgumentException.ThrowIfNullOrEmpty(filter);
        if (filter.Length > HubPublish.MaxTopicLength)
            throw new ArgumentException($"Topic filter '{filter[..40]}…' has {filter.Length} characters; the hub takes at most "
                + $"{HubPublish.MaxTopicLength}.", nameof(filter));
        string[] levels = filter.Split('/');
        for (int i = 0; i < levels.Length; i++)
        {
            bool wildcardInside = levels[i].Length > 1 && levels[i].AsSpan().ContainsAny('+', '#');
            if (wildcardInside || (levels[i] is "#" && i != levels.Length - 1) || filter.Contains('\0', StringComparison.Ordinal))
                throw new ArgumentException(
                    $"'{filter}' is not a topic filter: '+' fills a whole level, '#' the last one.", nameof(filter));
        }
    }

    private static int LevelEnd(ReadOnlySpan<char> text)
    {
        int slash = text.IndexOf('/');
        return slash < 0 ? text.Length : slash;
    }
}
