namespace BridgeFramework.Runtime.Tests;

/// <summary>How many downloads there are at a time, also where that changes.</summary>
public sealed class FetchPlacesTests
{
    private readonly FetchPlaces _places = new(1);

    [Fact]
    public async Task More_places_are_given_at_once_and_fewer_as_they_are_left()
    {
        var (first, second, third) = (Take(), Take(), Take());
        Assert.Equal((true, false), (first.IsCompleted, second.IsCompleted));

        _places.Become(2);
        await Step.Of("the second one has a place", _ => second);
        _places.Become(1);
        _places.Leave();
        Assert.False(third.IsCompleted);
        _places.Leave();

        await Step.Of("the third one has a place", _ => third);
    }

    [Fact]
    public async Task Who_gives_up_keeps_no_place()
    {
        using var giveUp = new CancellationTokenSource();
        _ = Take();
        var (second, third) = (_places.TakeAsync(giveUp.Token), Take());

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Step.Of("the second one gives up", _ => second));
        _places.Leave();

        await Step.Of("the third one has a place", _ => third);
    }

    private Task Take() => _places.TakeAsync(TestContext.Current.CancellationToken);
}
