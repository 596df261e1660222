using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What the gateway makes of the hub's result codes.</summary>
public sealed class ResultCodeReactionTests
{
    [Theory]
    [InlineData(GatewayResultCode.NotBound, nameof(CloudEvent.NotBound))]
    [InlineData(GatewayResultCode.SystemError, nameof(CloudEvent.Failed))]
    [InlineData(GatewayResultCode.SignatureExpired, nameof(CloudEvent.Failed))]
    [InlineData(GatewayResultCode.BadSignature, nameof(CloudEvent.Refused))]
    [InlineData(GatewayResultCode.BoundElsewhere, nameof(CloudEvent.Refused))]
    [InlineData(4711, nameof(CloudEvent.Refused))]
    public void A_refusal_that_may_pass_is_asked_again_and_another_one_is_not(int code, string happened) =>
        Assert.Equal(happened, ResultCodeReaction.To(code).ToString());
}
