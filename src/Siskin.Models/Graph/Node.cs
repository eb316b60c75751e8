namespace Siskin.Models.Graph;

/// <summary>A matrix of the graph: some rows per batch, a fixed number of columns. Made by a <see cref="GraphBuilder"/>.</summary>
public sealed class Node
{
    internal Node(int index, int width, RowDomain rows, string name, bool hasGradient)
    {
        (Index, Width, Rows, Name, HasGradient) = (index, width, rows, name, hasGradient);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>What the rows are.</summary>
    public RowDomain Rows { get; }

    /// <summary>For messages and plots.</summary>
    public string Name { get; }

    /// <summary>Number within the graph, in the order of computing.</summary>
    internal int Index { get; }

    /// <summary>Whether anything that is trained lies behind it.</summary>
    internal bool HasGradient { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Rows} × {Width})";
}
