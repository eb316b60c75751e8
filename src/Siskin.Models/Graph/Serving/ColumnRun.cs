namespace Siskin.Models.Graph.Serving;

/// <summary>Columns of a node that are of one side and lie side by side in the node that they were computed in.</summary>
/// <param name="Start">First column in the node at hand.</param>
/// <param name="Width">Columns.</param>
/// <param name="Side">Where they are known.</param>
/// <param name="Leaf">The node that they come from; no concatenation.</param>
/// <param name="LeafStart">First column in it.</param>
internal readonly record struct ColumnRun(int Start, int Width, InputSide Side, Node Leaf, int LeafStart);
