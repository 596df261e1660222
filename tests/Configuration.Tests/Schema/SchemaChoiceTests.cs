using System.Text;
using System.Text.Json.Nodes;

namespace BridgeFramework.Configuration.Tests;

/// <summary>Choices of a schema, which comes from a plugin.</summary>
public sealed class SchemaChoiceTests
{
    [Fact]
    public void The_mistakes_of_the_choice_that_fits_best_are_said()
    {
        const string schema = """
            { "anyOf": [ { "properties": { "a": { "type": "string" }, "b": { "type": "string" } } }, { "properties": { "a": { "type": "string" } } } ] }
            """;

        Assert.Equal("a: 1 is a number: expected text.", Assert.Single(MistakesOf("""{ "a": 1, "b": 2 }""", schema)));
        Assert.Empty(MistakesOf("""{ "a": "1", "b": 2 }""", schema));
    }

    /// <summary>Tried anew at each level, this would take longer than anybody waits: two to the power of 30 times.</summary>
    [Fact]
    public void Choices_within_choices_are_tried_once_each()
    {
        const string schema = """
            { "$defs": { "either": { "anyOf": [ { "$ref": "#/$defs/deeper" }, { "type": "object", "properties": { "x": { "$ref": "#/$defs/either" } } } ] },
                         "deeper": { "type": "object", "properties": { "x": { "$ref": "#/$defs/either" } } } },
              "$ref": "#/$defs/either" }
            """;
        string deep = string.Concat(Enumerable.Repeat("""{ "x": """, 30)) + "1" + string.Concat(Enumerable.Repeat(" }", 30));

        Assert.Single(MistakesOf(deep, schema));
    }

    /// <summary>The same without any depth: the reference leads back to the choice.</summary>
    [Fact]
    public void A_choice_of_itself_comes_to_an_end() => Assert.Empty(MistakesOf(
        "1", """{ "anyOf": [ { "$ref": "#" }, { "$ref": "#" } ] }"""));

    private static IReadOnlyList<string> MistakesOf(string json, string schema)
    {
        var mistakes = new List<ConfigurationMistake>();
        var node = JsonTreeReader.Read("", Encoding.UTF8.GetBytes(json), mistakes) ?? throw new InvalidOperationException("It is no JSON.");
        new SchemaValidator(mistakes).Validate(node, new JsonSchema(JsonNode.Parse(schema)));
        return [.. mistakes.Select(mistake => $"{mistake.Path}: {mistake.Message}")];
    }
}
