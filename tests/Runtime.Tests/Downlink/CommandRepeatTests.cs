namespace BridgeFramework.Runtime.Tests;

/// <summary>A command that comes again at the moment that it ends, step by step.</summary>
public sealed class CommandRepeatTests
{
    private static readonly SubDeviceId Meter = SubDeviceId.Parse("SUBPROD001/m1");

    [Fact]
    public void A_command_that_comes_again_when_its_reply_is_delivered_and_its_turn_is_not_over_is_answered_again()
    {
        var oracle = new DownlinkOracle();
        var life = new DownlinkLife(new SimulatedDisk(), [Meter], oracle);
        life.SetOnline(Meter, isOnline: true);
        life.OnLeave = () =>
        {
            life.Run(int.MaxValue);
            life.Acknowledge(0);
            life.Run(int.MaxValue);
            Send();
        };

        Send();
        life.Answer(0, CommandOutcome.Done);
        life.Run(int.MaxValue);

        Assert.Equal("c1", Assert.Single(life.Publishes).Id);
        oracle.CheckPromises();

        void Send()
        {
            oracle.Send(Meter, "c1");
            life.Send(Meter, "c1", expiry: null);
            life.Run(int.MaxValue);
        }
    }
}
