namespace Siskin.Models.Graph;

/// <summary>A table of embeddings in a graph that is being put together.</summary>
public sealed class EmbeddingTable
{
    internal EmbeddingTable(Parameter parameter) => Parameter = parameter;

    /// <summary>Numbers per id.</summary>
    public int Dimensions => Parameter.Columns;

    internal Parameter Parameter { get; }
}
