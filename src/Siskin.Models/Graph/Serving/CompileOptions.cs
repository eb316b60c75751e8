using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Graph.Serving;

/// <summary>How a graph is compiled for serving.</summary>
public sealed record CompileOptions
{
    /// <summary>How rows that are kept for each item are stored.</summary>
    /// <value><see cref="RowFormat.Single"/>.</value>
    public RowFormat Rows { get; init; } = RowFormat.Single;

    /// <summary>Most candidates that are computed at once; 0 takes as many as stay in the second-level cache.</summary>
    /// <value>0.</value>
    [Range(0, 4096)]
    public int Block { get; init; }
}
