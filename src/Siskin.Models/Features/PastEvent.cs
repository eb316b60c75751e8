namespace Siskin.Models.Features;

/// <summary>An event as statistics see it.</summary>
/// <param name="User">Number of the user, from 0.</param>
/// <param name="Item">Number of the item, from 0.</param>
/// <param name="TimeMs">Milliseconds since 1970.</param>
/// <param name="IsPositive">Whether the user liked or clicked.</param>
public readonly record struct PastEvent(int User, int Item, long TimeMs, bool IsPositive);
