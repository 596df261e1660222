using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub.Tests;

/// <summary>How a session proves who it is, and what becomes of credentials that do not do.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task It_signs_in_with_fresh_credentials_at_every_attempt()
    {
        await using var bench = new SessionBench();
        bench.Start();
        var first = await bench.Transport.AttemptAsync();
        Assert.Equal("GWPROD0001test01", first.Request.ClientId);
        first.Refuse(HubFaultKind.Unreachable);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await bench.Transport.AttemptAsync();

        long expiry = TestTime.Noon.AddSeconds(1).AddHours(1).ToUnixTimeSeconds();
        Assert.EndsWith($";{expiry}", second.Request.Credentials.UserName, StringComparison.Ordinal);
        Assert.NotEqual(first.Request.Credentials.UserName, second.Request.Credentials.UserName, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_cannot_be_right_signs_without_expiry()
    {
        await using var bench = new SessionBench(o => o with { ClockFloor = TestTime.Noon.AddDays(1) });
        bench.Start();
        var attempt = await bench.Transport.AttemptAsync();
        Assert.EndsWith(";2147483647", attempt.Request.Credentials.UserName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejected_credentials_are_told_to_the_operator_and_a_rotated_secret_heals_by_itself()
    {
        await using var bench = new SessionBench();
        bench.Start();
        var first = await bench.Transport.AttemptAsync();
        first.Refuse(HubFaultKind.Rejected);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(60));
        Assert.True(bench.Session.Status.LastFault?.NeedsOperator);
        Assert.Contains(bench.Logger.Collector.GetSnapshot(), record => record.Level == LogLevel.Error);

        bench.Secret = new DeviceSecret("EBESExQVFhcYGRobHB0eHw==");
        bench.Time.Advance(TimeSpan.FromSeconds(60));
        var second = await bench.Transport.AttemptAsync();
        Assert.Equal(
            ConnectCredentials.PasswordFor(second.Request.Credentials.UserName, bench.Secret, HmacMethod.HmacSha256),
            second.Request.Credentials.Password);
    }

    [Fact]
    public async Task Credentials_that_cannot_be_read_are_a_fault_and_not_an_end()
    {
        bool broken = true;
        await using var bench = new SessionBench(o => o with
        {
            Credentials = _ => broken
                ? throw new FileNotFoundException("no such file: secrets/gateway")
                : new ValueTask<HubCredentials>(new KeyCredentials { Secret = new DeviceSecret(SessionBench.SecretText) }),
        });
        bench.Start();
        var status = await bench.StateAsync(HubSessionState.BackingOff);
        Assert.Equal(HubFaultKind.CredentialsUnavailable, status.LastFault?.Kind);
        Assert.Contains("secrets/gateway", status.LastFault?.Message, StringComparison.Ordinal);
        broken = false;
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.OnlineAsync();
    }

    [Fact]
    public async Task No_secret_and_no_password_is_ever_logged()
    {
        await using var bench = new SessionBench();
        bench.Logger.ControlLevel(LogLevel.Trace, enabled: true);
        bench.Start();
        var attempt = await bench.Transport.AttemptAsync();
        string password = attempt.Request.Credentials.Password ?? "";
        attempt.Refuse(HubFaultKind.Rejected);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(60));
        bench.Time.Advance(TimeSpan.FromSeconds(60));
        (await bench.OnlineAsync()).Close("cut");
        await bench.StateAsync(HubSessionState.BackingOff);

        string log = string.Join('\n', bench.Logger.Collector.GetSnapshot().Select(record => record + " " + record.Exception))
            + bench.Session.Status;
        Assert.NotEmpty(password);
        Assert.DoesNotContain(password[..40], log, StringComparison.Ordinal);
        Assert.DoesNotContain(SessionBench.SecretText, log, StringComparison.Ordinal);
    }
}
