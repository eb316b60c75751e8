namespace Siskin.Data.Catalogue;

/// <summary>One page of a listing in ascending order of id.</summary>
/// <param name="Values">At most as many as asked for.</param>
/// <param name="Cursor">Where the next page begins; null on the last page.</param>
/// <typeparam name="T"><see cref="Item"/> or <see cref="User"/>.</typeparam>
public sealed record CataloguePage<T>(IReadOnlyList<T> Values, string? Cursor);
