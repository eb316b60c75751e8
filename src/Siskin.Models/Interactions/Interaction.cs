namespace Siskin.Models.Interactions;

/// <summary>A user's interest in an item, told by one or more events.</summary>
/// <param name="User">Dense row of the user, from 0.</param>
/// <param name="Item">Dense row of the item, from 0.</param>
/// <param name="Weight">How strongly it speaks for the item; above 0 and finite where a model is trained from it.</param>
/// <param name="TimeMs">When it happened, in milliseconds since 1970-01-01 UTC; 0 where time is unknown.</param>
public readonly record struct Interaction(int User, int Item, float Weight, long TimeMs);
