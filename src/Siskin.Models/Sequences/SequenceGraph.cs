using Siskin.Models.Graph;

namespace Siskin.Models.Sequences;

/// <summary>A graph and the table in it that holds the items' vectors.</summary>
/// <param name="Graph">Its one output is a vector for each user.</param>
/// <param name="Items">A row for each item.</param>
public sealed record SequenceGraph(ModelGraph Graph, EmbeddingTable Items);
