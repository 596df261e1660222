using CsCheck;

namespace BridgeFramework.Abstractions.Tests;

public sealed class VariantTests
{
    [Fact]
    public void An_integer_comes_out_as_it_went_in() =>
        Gen.Long.Sample(value => Variant.From(value).AsInteger() == value && Variant.From(value).Kind == VariantKind.Integer);

    [Fact]
    public void An_unsigned_integer_comes_out_as_it_went_in_and_is_an_integer_where_it_fits() =>
        Gen.ULong.Sample(value =>
            Variant.From(value).AsUnsignedInteger() == value
            && Variant.From(value).Kind == (value <= long.MaxValue ? VariantKind.Integer : VariantKind.UnsignedInteger));

    [Fact]
    public void A_number_comes_out_as_it_went_in() =>
        Gen.Double.Where(double.IsFinite).Sample(value => Variant.From(value).AsNumber().Equals(value));

    [Fact]
    public void Text_and_bytes_come_out_as_they_went_in()
    {
        Gen.String.Sample(value => Variant.From(value).AsText().Equals(value, StringComparison.Ordinal));
        Gen.Byte.Array.Sample(value => Variant.From(value).AsBytes().Span.SequenceEqual(value));
    }

    [Fact]
    public void Equal_values_are_equal_and_have_the_same_hash()
    {
        Gen.String.Sample(text => Same(Variant.From(text), Variant.From(new string(text))));
        Gen.Byte.Array.Sample(bytes => Same(Variant.From(bytes), Variant.From((byte[])[.. bytes])));
        Gen.Double.Where(double.IsFinite).Sample(number => Same(Variant.From(number), Variant.From(number)));
        Assert.True(Same(Variant.From(0.0), Variant.From(-0.0)));
        Assert.NotEqual(Variant.From(1L), Variant.From(1.0));
        Assert.NotEqual(Variant.From(true), Variant.From(1L));
        Assert.NotEqual(Variant.From("1"), Variant.From([1]));
        Assert.NotEqual(Variant.From(1L), default);

        static bool Same(Variant a, Variant b) => a == b && !(a != b) && a.GetHashCode() == b.GetHashCode();
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_refused(double number) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Variant.From(number));

    [Fact]
    public void Asking_for_another_kind_says_what_it_holds()
    {
        Assert.Equal(
            "The value holds Text, not Boolean.", Assert.Throws<InvalidOperationException>(() => Variant.From("x").AsBoolean()).Message);
        Assert.Throws<InvalidOperationException>(() => Variant.From(1.5).AsInteger());
        Assert.Throws<InvalidOperationException>(() => Variant.From(-1L).AsUnsignedInteger());
        Assert.Throws<InvalidOperationException>(() => Variant.From("x").AsNumber());
        Assert.Throws<InvalidOperationException>(() => Variant.From(1L).AsText());
        Assert.Throws<InvalidOperationException>(() => default(Variant).AsBytes());
    }

    [Fact]
    public void It_prints_without_a_culture()
    {
        Assert.Equal("", default(Variant).ToString());
        Assert.Equal("true", Variant.From(true).ToString());
        Assert.Equal("-5", Variant.From(-5L).ToString());
        Assert.Equal("18446744073709551615", Variant.From(ulong.MaxValue).ToString());
        Assert.Equal("230.1", Variant.From(230.1).ToString());
        Assert.Equal("on", Variant.From("on").ToString());
        Assert.Equal("01FF", Variant.From([1, 255]).ToString());
    }
}
