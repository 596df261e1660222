namespace BridgeFramework.Abstractions.Tests;

public sealed class ContractVersionTests
{
    [Fact]
    public void The_assembly_version_stays_for_the_life_of_a_major_version() =>
        Assert.Equal(new Version(0, 0, 0, 0), typeof(IBridgePlugin).Assembly.GetName().Version);

    [Fact]
    public void The_contract_refers_to_nothing_but_the_shared_framework() =>
        Assert.All(
            typeof(IBridgePlugin).Assembly.GetReferencedAssemblies(),
            reference => Assert.Matches(@"^(System\.|Microsoft\.Extensions\.)", reference.Name));
}
