namespace Siskin.Models.Graph.Serving;

/// <summary>Which inputs of a layout are the user's and which are the item's; all others are the cross side's.</summary>
public sealed record GraphSides
{
    /// <summary>Names of the user's inputs.</summary>
    public IReadOnlyCollection<string> User { get; init; } = [];

    /// <summary>Names of the item's inputs.</summary>
    public IReadOnlyCollection<string> Item { get; init; } = [];

    /// <summary>The side of an input.</summary>
    public InputSide Of(string input) => User.Contains(input) ? InputSide.User : Item.Contains(input) ? InputSide.Item : InputSide.Cross;

    /// <exception cref="ArgumentException">A name is no input or is on two sides, or a sequence is on neither.</exception>
    internal void Check(ExampleLayout layout)
    {
        var inputs = layout.Fields.Select(field => field.Name).Concat(layout.Numbers).Concat(layout.Sequences.Select(sequence => sequence.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in User.Concat(Item))
        {
            if (!inputs.Contains(name))
            {
                throw new ArgumentException($"there is no input '{name}', only {string.Join(", ", inputs)}");
            }
        }

        if (User.FirstOrDefault(Item.Contains) is { } both)
        {
            throw new ArgumentException($"input '{both}' is the user's and the item's");
        }

        if (layout.Sequences.FirstOrDefault(sequence => Of(sequence.Name) == InputSide.Cross) is { } loose)
        {
            throw new ArgumentException($"sequence '{loose.Name}' must be the user's or the item's");
        }
    }
}
