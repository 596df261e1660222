namespace BridgeFramework.Runtime.Tests;

/// <summary>A driver that is asked about versions and does not answer.</summary>
public sealed class VersionQuestionsTests
{
    private readonly SilentTarget _target = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_texts_decide_the_question_that_had_no_answer_and_no_other_one()
    {
        var questions = new VersionQuestions(_target);
        for (int tries = 1; tries < VersionQuestions.MaxTries; tries++) Assert.Null(await questions.IsSameAsync("1.0", "v1.0", Ct));
        Assert.Null(await questions.IsSameAsync("2.0", "v1.0", Ct));
        Assert.Null(await questions.IsSameAsync("1.0", "v2.0", Ct));

        Assert.False(await questions.IsSameAsync("1.0", "v1.0", Ct));
        Assert.False(await questions.IsSameAsync("1.0", "v1.0", Ct));
        Assert.Null(await questions.IsSameAsync("2.0", "v1.0", Ct));
    }

    [Fact]
    public async Task An_answer_has_the_question_counted_anew()
    {
        var questions = new VersionQuestions(_target);
        for (int tries = 1; tries < VersionQuestions.MaxTries; tries++) Assert.Null(await questions.IsSameAsync("1.0", "v1.0", Ct));

        _target.Answer = VersionAnswer.Yes;
        Assert.True(await questions.IsSameAsync("1.0", "v1.0", Ct));

        _target.Answer = VersionAnswer.NoAnswer;
        Assert.Null(await questions.IsSameAsync("1.0", "v1.0", Ct));
    }

    [Fact]
    public async Task A_hub_that_names_ever_other_versions_fills_no_memory_and_two_in_turn_come_to_an_end()
    {
        var questions = new VersionQuestions(_target);
        for (int n = 0; n < 10_000; n++) Assert.Null(await questions.IsSameAsync($"{n}", "v1.0", Ct));

        bool?[] answers = new bool?[2 * VersionQuestions.MaxTries];
        for (int n = 0; n < answers.Length; n++) answers[n] = await questions.IsSameAsync($"{n % 2}", "v1.0", Ct);

        Assert.Equal([null, null, null, null, false, false], answers);
    }

    private sealed class SilentTarget : IUpdateTarget
    {
        public VersionAnswer Answer { get; set; } = VersionAnswer.NoAnswer;
        public string Channel => "line1";
        public int Concurrency => 1;
        public string PolicyPath => "";
        public string? Obstacle => null;

        public Task<VersionAnswer> IsSameVersionAsync(string wanted, string reported, CancellationToken cancellationToken) =>
            Task.FromResult(Answer);

        public Task UntilReadyAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<HandOver> UpdateAsync(
            StoredImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<FirmwareAnswer> QueryAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<TimeSpan> RestartTimeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
