namespace Siskin.Offline.Jobs;

/// <summary>An event by rows.</summary>
/// <param name="User">Row of the user.</param>
/// <param name="Item">Row of the item.</param>
/// <param name="Value">The event's value; NaN when it has none.</param>
/// <param name="TimeMs">When it happened, in milliseconds since 1970.</param>
/// <param name="Pair">Index of its user and item in <see cref="TrainingData.Pairs"/>; −1 when no event between them speaks for the item.</param>
/// <param name="Type">Index of the type in the schema.</param>
public readonly record struct TrainingEvent(int User, int Item, double Value, long TimeMs, int Pair, byte Type);
