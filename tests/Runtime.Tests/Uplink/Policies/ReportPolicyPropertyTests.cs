using BridgeFramework.Configuration;
using CsCheck;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Any history: what the cloud has is never further from the truth than was asked for, and nothing
/// goes without a reason.</summary>
public sealed class ReportPolicyPropertyTests
{
    private enum Happened
    {
        Report,
        Bad,
        Wait,
        Reset,
    }

    private static readonly Gen<ReportSettings> AnySettings = Gen.Select(
        OneOf<double?>(null, 0, 1, 2.5),
        OneOf<double?>(null, 0, 10, 100),
        OneOf<int?>(null, 10, 100),
        OneOf<int?>(null, 100, 1000),
        (deadband, percent, least, most) => new ReportSettings
        {
            Deadband = deadband,
            DeadbandPercent = percent,
            MinInterval = least is { } min ? TimeSpan.FromMilliseconds(min) : null,
            MaxInterval = most is { } max ? TimeSpan.FromMilliseconds(max) : null,
        }).Where(settings => settings.ChangesOnly || settings.MinInterval is not null);

    private static readonly Gen<(Happened What, int Value, int Pause)[]> AnyHistory = Gen.Select(
        OneOf(
            Happened.Report, Happened.Report, Happened.Report, Happened.Report, Happened.Bad, Happened.Wait, Happened.Wait, Happened.Reset),
        Gen.Int[-4, 4],
        Gen.Int[0, 60]).Array[0, 60];

    [Fact]
    public void The_cloud_is_never_further_from_the_truth_than_was_asked_for_and_nothing_goes_without_a_reason() =>
        Gen.Select(AnySettings, OneOf(0, 50, 500, 600_000), AnyHistory).Sample(
            (settings, badInterval, history) =>
            {
                var oracle = new Oracle(settings, TimeSpan.FromMilliseconds(badInterval));
                foreach (var (what, value, pause) in history) oracle.Step(what, value, pause);
                oracle.Finish();
            },
            iter: 20_000,
            threads: 1);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Knows what was reported and what was sent, and nothing of how the policy decides.</summary>
    private sealed class Oracle(ReportSettings settings, TimeSpan badInterval)
    {
        private readonly PolicyBench _bench = new(settings, badInterval);
        private readonly long _least = (long)(settings.MinInterval?.TotalMilliseconds ?? 0);
        private PointValue? _known;
        private (PointValue Value, long At)? _sent;
        private bool _lost;
        private int _reported;
        private int _due;
        private int _filtered;
        private int _sentCount;

        public void Step(Happened what, int value, int pause)
        {
            Advance(pause);
            if (what == Happened.Report) Report(new PointValue(PolicyBench.X, Variant.From((double)value)));
            if (what == Happened.Bad) Report(new PointValue(PolicyBench.X, value < 0 ? Quality.Timeout : Quality.LinkDown));
            if (what == Happened.Reset)
            {
                _bench.Policy.Reset(_bench.Now);
                _lost = _sent is not null;
            }

            Check();
        }

        public void Finish()
        {
            Advance((int)PointReport.RepeatPause + 1000);
            Check();
            Assert.Null(_bench.Policy.NextDue);
        }

        private void Advance(int pause)
        {
            long until = _bench.Now + pause;
            while (_bench.Policy.NextDue is { } due && due <= until)
            {
                _bench.Now = Math.Max(due, _bench.Now);
                foreach (var value in _bench.TakeDue())
                {
                    Assert.Equal(_known, value.Value);
                    (_reported, _due) = (_reported + 1, _due + 1);
                    CountSent(value.Value);
                }
            }

            _bench.Now = until;
        }

        private void Report(PointValue value)
        {
            bool first = _sent is null || _lost;
            bool otherQuality = !first && value.Quality != _sent!.Value.Value.Quality;   // ! it is not the first
            var longest = settings.MaxInterval;
            // Without an interval a bad quality goes as often as it is reported, but to a point that tells changes it is none.
            if (value.Quality != Quality.Good && (badInterval > TimeSpan.Zero || !settings.ChangesOnly)) longest ??= badInterval;
            long age = first ? 0 : _bench.Now - _sent!.Value.At;   // ! likewise
            bool old = !first && longest is { } most && age >= most.TotalMilliseconds && age >= _least;
            bool news = !first && value.Quality == Quality.Good && IsNews(value);
            _known = value;
            _reported++;
            if (_bench.Report(value))
            {
                Assert.True(first || otherQuality || old || news, "A value went without a reason.");
                CountSent(value);
            }
            else
            {
                Assert.False(first || otherQuality || old, "A value that must go was filtered.");
                _filtered++;
            }
        }

        private void CountSent(PointValue value)
        {
            if (_sent is { } last && !_lost && last.Value.Quality == value.Quality)
                Assert.True(_bench.Now - last.At >= _least, $"Two values went within {_bench.Now - last.At} ms.");
            _sentCount++;
            _sent = (value, _bench.Now);
            _lost = false;
        }

        private void Check()
        {
            Assert.Equal(_reported, _sentCount + _filtered);
            if (_known is not { } known || _sent is not { } sent) return;
            long? due = _bench.Policy.NextDue;
            if (_lost)
            {
                Assert.InRange(due ?? long.MaxValue, _bench.Now, _bench.Now + PointReport.RepeatPause);
                return;
            }

            bool told = known.Quality == sent.Value.Quality && (
                known.Quality != Quality.Good || (settings.ChangesOnly && !IsNews(known)) || known == sent.Value);
            if (!told) Assert.InRange(due ?? long.MaxValue, _bench.Now, sent.At + _least);
            else if (settings.ChangesOnly) Assert.Null(due);
        }

        /// <summary>Whole numbers, a few of them: no rounding to think of.</summary>
        private bool IsNews(PointValue value)
        {
            if (!settings.ChangesOnly) return true;
            if (_sent!.Value.Value.Quality != Quality.Good) return true;   // ! asked only when something was sent
            double last = _sent.Value.Value.Value.AsNumber();
            double distance = Math.Abs(value.Value.AsNumber() - last);
            return distance > 0 && distance > (settings.Deadband ?? 0) && distance > (settings.DeadbandPercent ?? 0) / 100 * Math.Abs(last);
        }
    }
}
