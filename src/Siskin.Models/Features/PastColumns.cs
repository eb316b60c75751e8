namespace Siskin.Models.Features;

/// <summary>Statistics as they stood before each event, in the events' order; each length n.</summary>
/// <param name="UserCount">Events of the user.</param>
/// <param name="UserRate">Share of positives among them, smoothed.</param>
/// <param name="ItemCount">Events of the item.</param>
/// <param name="ItemRate">Share of positives among them, smoothed.</param>
/// <param name="History">The user's last positive items, oldest first.</param>
public sealed record PastColumns(float[] UserCount, float[] UserRate, float[] ItemCount, float[] ItemRate, int[][] History);
